-- The next erasures without a receipt that nobody works at; the caller does from now on.
-- -> erasures: id, tenant, actor, from, request_id, asked, job (where it is of one job alone)
-- @include ../redis
-- @include owed
local now = clock()

-- Its jobs are being erased: that comes first.
local function has_jobs(id, erasure)
  local open = not erasure.job and redis.call('HGET', erasures_key, erasure.tenant)
  return open and cjson.decode(open).id == id
end

local found = {}
for _, id in ipairs(redis.call('ZRANGE', owed_erasures_key, '-inf', now, 'BYSCORE', 'LIMIT', 0, 100)) do
  local erasure = fields_of(erasure_key(id), 'tenant', 'actor', 'from', 'request_id', 'asked', 'job')
  work_at(id, now)
  if not erasure.tenant then
    redis.call('ZREM', owed_erasures_key, id)
  elseif not has_jobs(id, erasure) then
    erasure.id = id
    found[#found + 1] = erasure
  end
end
return cjson.encode({ erasures = found })
