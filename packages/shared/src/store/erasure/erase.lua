-- Removes every trace of a job but a tombstone without content. named: id, tenant, tomb_seconds
-- -> erased (false when this tenant has no such job), cache_key (of its cached result, which is elsewhere), canceled (by this)
-- @include ../jobs/ending
local asked, now = cjson.decode(ARGV[1]), clock()
local id, tenant = asked.id, asked.tenant
local function bury(created)
  redis.call('HSETNX', rewrite_owed_key, 'since', now)
  redis.call('HSET', rewrite_owed_key, 'last', now)
  redis.call('SET', tombstone_key(id), 'erased ' .. tenant .. ' ' .. created .. ' ' .. now, 'EX', asked.tomb_seconds)
end

local job = fields_of(job_key(id), 'tenant', 'created', 'key', 'status')
if not job.tenant and redis.call('HGET', delivery_key(id), 'tenant') == tenant then
  -- The record has expired; what its webhook was sent has not.
  forget_delivery(id)
  bury(now)
  return '{"erased":true,"canceled":false}'
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
bury(job.created)
redis.call('PUBLISH', jobs_channel, id)
return cjson.encode({ erased = true, cache_key = job.key, canceled = canceled })
