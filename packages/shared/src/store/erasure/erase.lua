-- Removes every trace of a job but a tombstone without content. -> 1, or 0 when this tenant has no such job;
-- second: the key of its cached result, which lives elsewhere; third: 1 if it was canceled by this
-- @include ../jobs/ending
local id, tenant, tomb_seconds = ARGV[1], ARGV[2], tonumber(ARGV[3])
local job = redis.call('HMGET', job_key(id), 'tenant', 'created', 'key', 'status')
local now, canceled = clock(), 0
if not job[1] and redis.call('HGET', delivery_key(id), 'tenant') == tenant then
  -- The record has expired; what its webhook was sent has not.
  forget_delivery(id)
  redis.call('SET', tomb_key(id), 'erased ' .. tenant .. ' ' .. now .. ' ' .. now, 'EX', tomb_seconds)
  return { 1, '', 0 }
end
if job[1] ~= tenant then return { 0, '', 0 } end
if is_open(job[4]) then
  end_job(id, now, { status = 'canceled' }, { result = 60, text = 0, tomb = tomb_seconds })
  write_ends(now)
  redis.call('PUBLISH', CANCEL, id)
  canceled = 1
end
promote(id, now)
redis.call('DEL', job_key(id), text_key(id), events_key(id))
forget_delivery(id)
redis.call('ZREM', index_key(tenant), id)
redis.call('SET', tomb_key(id), 'erased ' .. tenant .. ' ' .. job[2] .. ' ' .. now, 'EX', tomb_seconds)
redis.call('PUBLISH', BELL, id)
return { 1, job[3] or '', canceled }
