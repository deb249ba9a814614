-- Removes every trace of a job but a tombstone without content. Its cached result is elsewhere: it is not served any more, and
-- the erasure owes its removal. named: id, tenant, tomb_seconds, erasure (its id; all of it where it is of this job alone)
-- -> erased (false when this tenant has no such job), canceled (by this)
-- @include ../jobs/ending
-- @include epochs
-- @include owed
local asked, now = cjson.decode(ARGV[1]), clock()
local id, tenant, erasure = asked.id, asked.tenant, asked.erasure

local function bury(created, canceled)
  owe_rewrite(now)
  redis.call('SET', tombstone_key(id), 'erased ' .. tenant .. ' ' .. created .. ' ' .. now, 'EX', asked.tomb_seconds)
  if erasure and erasure.job then open_erasure(erasure, now) end
  if erasure then redis.call('HINCRBY', erasure_key(erasure.id), 'jobs', 1) end
  return cjson.encode({ erased = true, canceled = canceled })
end

local job = fields_of(job_key(id), 'tenant', 'created', 'key', 'status')
if not job.tenant and redis.call('HGET', delivery_key(id), 'tenant') == tenant then
  -- The record has expired; what its webhook was sent has not.
  forget_delivery(id)
  return bury(now, false)
end
if job.tenant ~= tenant then return '{"erased":false,"canceled":false}' end
local canceled = is_open(job.status)
if canceled then
  end_job(id, now, { status = 'canceled' }, { result = 60, text = 0, tomb = asked.tomb_seconds })
  write_ends(now)
  redis.call('PUBLISH', cancel_channel, id)
end
promote(id)
redis.call('DEL', job_key(id), text_key(id), events_key(id))
forget_delivery(id)
redis.call('ZREM', tenant_jobs_key(tenant), id)
redis.call('PUBLISH', jobs_channel, id)
if job.key then
  raise_epoch_of_result(tenant, job.key, now, asked.tomb_seconds)
  if erasure then redis.call('SADD', owed_results_key(erasure.id), job.key) end
end
return bury(job.created, canceled)
