-- Takes a job in, all or nothing: repeats, limits, collapse, the record, its place in line.
-- -> { outcome, status, remaining, seconds until the next or position, now, slots, mean service time in ms }
-- outcome: made | replayed | mismatch | gone | limited | overloaded | cached (status is the stored result; nothing else
-- was done: the caller brings it to the offsets of its text and submits again with it)
local id, tenant, text, wanted, deadline_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local class, cache_key, flight, request, body = tonumber(ARGV[6]), ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local limit, subject, max_waiting = tonumber(ARGV[11]), ARGV[12], tonumber(ARGV[13])
local result, index_seconds, retry_of = ARGV[14], tonumber(ARGV[15]), ARGV[16]
local ttl, look = { result = tonumber(ARGV[17]), text = 0, tomb = tonumber(ARGV[18]) }, ARGV[19] == '1'
local WINDOW_SECONDS = 60
local now = clock()
local counts = redis.call('HMGET', COUNTS, 'waiting', 'service_ms')
local function answer(outcome, status, remaining, number)
  return { outcome, status, remaining, number, now, capacity(now), tonumber(counts[2] or 0) }
end

if body ~= '' then
  local known = redis.call('HMGET', job_key(id), 'status', 'body')
  if known[1] then
    if known[2] ~= body then return answer('mismatch', '', -1, 0) end
    return answer('replayed', known[1], -1, 0)
  end
  if redis.call('EXISTS', tomb_key(id)) == 1 then return answer('gone', '', -1, 0) end
end

if look then
  local stored = redis.call('GET', cache_key_of(cache_key))
  if stored then return answer('cached', stored, -1, 0) end
end

-- A sliding window of one-second buckets: never more than `limit` in any 60 seconds, whichever replica is asked.
local limit_key, second = P .. ':limit:' .. subject, math.floor(now / 1000)
local used, in_second, remaining = 0, 0, -1
if limit > 0 then
  local state = redis.call('HMGET', limit_key, 'used', 'pruned', second)
  used, in_second = tonumber(state[1] or 0), tonumber(state[3] or 0)
  if tonumber(state[2] or 0) ~= second then
    local buckets, oldest = redis.call('HGETALL', limit_key), second - WINDOW_SECONDS
    used = 0
    for i = 1, #buckets, 2 do
      local at = tonumber(buckets[i])
      if at and at < oldest then
        redis.call('HDEL', limit_key, buckets[i])
      elseif at then
        used = used + buckets[i + 1]
      end
    end
    redis.call('HSET', limit_key, 'used', used, 'pruned', second)
    redis.call('EXPIRE', limit_key, WINDOW_SECONDS + 2)
  end
  if used >= limit then
    local first = second
    for _, field in ipairs(redis.call('HKEYS', limit_key)) do first = math.min(first, tonumber(field) or first) end
    return answer('limited', '', 0, math.max(1, first + WINDOW_SECONDS + 1 - second))
  end
end
if result == '' and tonumber(counts[1] or 0) >= max_waiting then
  return answer('overloaded', '', -1, 0)
end
if limit > 0 then
  redis.call('HSET', limit_key, second, in_second + 1, 'used', used + 1)
  remaining = limit - used - 1
end

local record = { 'tenant', tenant, 'status', 'queued', 'created', now, 'wanted', wanted, 'deadline', now + deadline_ms, 'seq', 1 }
local function field(name, value)
  record[#record + 1] = name
  record[#record + 1] = value
end
if cache_key ~= '' then field('key', cache_key) end
if flight ~= '' and flight ~= cache_key then field('flight', flight) end
if class ~= 1 then field('class', class) end
if request ~= '' then field('request', request) end
if body ~= '' then field('body', body) end
if retry_of ~= '' then field('retry_of', retry_of) end
local leader = result == '' and flight ~= '' and redis.call('HGET', FLIGHT, flight)
if leader then
  field('leader', leader)
  field('cache', 'collapsed')
end
redis.call('HSET', job_key(id), unpack(record))
redis.call('ZADD', index_key(tenant), now, id)
redis.call('EXPIRE', index_key(tenant), index_seconds)

if result ~= '' then
  end_job(id, now, { status = 'completed', result = result, cache = 'hit' }, ttl)
  return answer('made', 'completed', remaining, 0)
end
redis.call('SET', text_key(id), text)
if leader then
  redis.call('RPUSH', followers_key(leader), id)
  redis.call('SADD', LEADERS, leader)
  return answer('made', 'collapsed', remaining, 0)
end
if flight ~= '' then redis.call('HSET', FLIGHT, flight, id) end
enter_waiting(tenant, id, class, now)
return answer('made', 'queued', remaining, position(tenant, id))
