-- Moves ids from the waiting lists into BullMQ's reach while the fleet has free slots; tenants take turns.
-- -> ids that the caller must add to the queue (a caller that dies first is made good by the sweep)
local most, result_seconds, text_seconds, tomb_seconds = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = clock()
local free = math.min(most, capacity(now) - redis.call('ZCARD', FED))
local fed = {}
while #fed < free do
  local turn = redis.call('ZPOPMIN', TURNS)
  local tenant = turn[1]
  if not tenant then break end
  local id = redis.call('ZPOPMIN', waiting_key(tenant))[1]
  if id then
    redis.call('HINCRBY', COUNTS, 'waiting', -1)
    local job = redis.call('HMGET', job_key(id), 'status', 'deadline')
    if job[1] == 'queued' and tonumber(job[2]) <= now then
      local error = '{"code":"deadline_exceeded","message":"The job waited past its deadline.","retryable":true}'
      local ttl = { result = result_seconds, text = text_seconds, tomb = tomb_seconds }
      end_job(id, now, { status = 'failed', error = error }, ttl)
      settle(id, now, ttl)
    elseif job[1] == 'queued' then
      redis.call('ZADD', FED, now, id)
      fed[#fed + 1] = id
    end
  end
  if redis.call('EXISTS', waiting_key(tenant)) == 1 then
    redis.call('ZADD', TURNS, redis.call('HINCRBY', COUNTS, 'turn', 1), tenant)
  end
end
return fed
