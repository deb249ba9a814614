-- The state of the queue. -> { waiting, handed on, workers, slots, oldest wait in ms, mean service time in ms }
-- @include ../keys
local now, oldest = clock(), 0
for _, tenant in ipairs(redis.call('ZRANGE', TURNS, 0, 999)) do
  for class = 0, 2 do
    local first = redis.call('ZRANGEBYSCORE', waiting_key(tenant), place(class, 0), place(class + 1, 0) - 1, 'WITHSCORES', 'LIMIT', 0, 1)
    if first[2] then oldest = math.max(oldest, now - (first[2] - place(class, 0))) end
  end
end
local counts = redis.call('HMGET', COUNTS, 'waiting', 'service_ms')
return {
  tonumber(counts[1] or 0),
  redis.call('ZCARD', FED),
  redis.call('ZCOUNT', WORKERS, now, '+inf'),
  capacity(now),
  oldest,
  tonumber(counts[2] or 0),
}
