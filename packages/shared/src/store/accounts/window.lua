-- A sliding window of one-second buckets: never more than `limit` in any 60 seconds, whichever replica is asked.
-- @include ../redis
local WINDOW_SECONDS = 60

-- -> what is left before this one, seconds until the next may pass, and what counts this one
local function window(limit, subject, now)
  local counted, second = limit_key(subject), math.floor(now / 1000)
  local state = redis.call('HMGET', counted, 'used', 'pruned', second)
  local used = tonumber(state[1] or 0)
  if tonumber(state[2] or 0) ~= second then
    local buckets, oldest = redis.call('HGETALL', counted), second - WINDOW_SECONDS
    used = 0
    for i = 1, #buckets, 2 do
      local at = tonumber(buckets[i])
      if at and at < oldest then
        redis.call('HDEL', counted, buckets[i])
      elseif at then
        used = used + buckets[i + 1]
      end
    end
    redis.call('HSET', counted, 'used', used, 'pruned', second)
    redis.call('EXPIRE', counted, WINDOW_SECONDS + 2)
  end
  if used >= limit then
    local first = second
    for _, field in ipairs(redis.call('HKEYS', counted)) do first = math.min(first, tonumber(field) or first) end
    return 0, math.max(1, first + WINDOW_SECONDS + 1 - second)
  end
  return limit - used, 0, function()
    redis.call('HSET', counted, second, tonumber(state[3] or 0) + 1, 'used', used + 1)
  end
end
