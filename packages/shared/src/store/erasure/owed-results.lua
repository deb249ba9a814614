-- Notes which cached results of an erasure were removed. named: id, removed (their hashes)
-- -> left: the next ones to remove, none when all are; jobs that it has erased
-- @include ../redis
-- @include owed
local asked, now = cjson.decode(ARGV[1]), clock()
local id = asked.id
if #asked.removed > 0 then
  redis.call('SREM', owed_results_key(id), unpack(asked.removed))
  -- The cache may be in this Redis.
  owe_rewrite(now)
end
work_at(id, now)
local left = redis.call('SRANDMEMBER', owed_results_key(id), 100)
return cjson.encode({ left = left, jobs = redis.call('HGET', erasure_key(id), 'jobs') or 0 })
