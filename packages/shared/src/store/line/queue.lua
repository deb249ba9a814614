-- The state of the queue. -> waiting, fed, workers, slots, oldest_wait_ms, service_ms (mean)
-- @include line
local now, oldest = clock(), 0
for _, tenant in ipairs(redis.call('ZRANGE', fair_share_key, 0, 999)) do
  oldest = math.max(oldest, oldest_wait(tenant, now))
end
local counts = fields_of(counts_key, 'waiting', 'service_ms')
return cjson.encode({
  waiting = counts.waiting or 0,
  fed = redis.call('ZCARD', fed_key),
  workers = redis.call('ZCOUNT', workers_key, now, '+inf'),
  slots = capacity(now),
  oldest_wait_ms = oldest,
  service_ms = counts.service_ms or 0,
})
