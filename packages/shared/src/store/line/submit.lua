-- Takes jobs in, each all or nothing: repeats, limits, collapse, the record, its place in line. One call carries as many
-- jobs as were asked for in one turn of a replica; they are taken in their order.
-- -> for each { outcome, status, remaining, seconds until the next or position, now, slots, mean service time in ms,
-- traceparent of the job whose call it shares }
-- outcome: made | replayed | mismatch | gone | limited | refused (status is the policy) | overloaded | erasing | cached (status is the stored result; nothing else
-- was done: the caller brings it to the offsets of its text and submits again with it)
-- @include ../jobs/ending
local index_seconds = tonumber(ARGV[1])
local ttl = { result = tonumber(ARGV[2]), text = 0, tomb = tonumber(ARGV[3]) }
local WINDOW_SECONDS = 60
local now = clock()
local counts = redis.call('HMGET', COUNTS, 'waiting', 'service_ms', 'erasing')
local waiting, service_ms, slots = tonumber(counts[1] or 0), tonumber(counts[2] or 0), capacity(now)
local erasing = tonumber(counts[3] or 0) > 0
local indexed = {}

local function answer(outcome, status, remaining, number, leader_trace)
  return { outcome, status, remaining, number, now, slots, service_ms, leader_trace or '' }
end

-- A sliding window of one-second buckets: never more than `limit` in any 60 seconds, whichever replica is asked.
-- -> what is left before this one, seconds until the next may pass, and what counts this one
local function window(limit, subject)
  local limit_key, second = P .. ':limit:' .. subject, math.floor(now / 1000)
  local state = redis.call('HMGET', limit_key, 'used', 'pruned', second)
  local used = tonumber(state[1] or 0)
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
    return 0, math.max(1, first + WINDOW_SECONDS + 1 - second)
  end
  return limit - used, 0, function()
    redis.call('HSET', limit_key, second, tonumber(state[3] or 0) + 1, 'used', used + 1)
  end
end

local function repeated(id, body)
  local known = redis.call('HMGET', job_key(id), 'status', 'body')
  if known[1] and known[2] ~= body then return answer('mismatch', '', -1, 0) end
  if known[1] then return answer('replayed', known[1], -1, 0) end
  if redis.call('EXISTS', tomb_key(id)) == 1 then return answer('gone', '', -1, 0) end
end

local function admit(id, tenant, text, wanted, deadline_ms, class, cache_key, flight, request, body, limit, subject, max_waiting, result, retry_of, look, hook, policies, trace)
  class, limit = tonumber(class), tonumber(limit)
  if erasing and redis.call('EXISTS', erasing_key(tenant)) == 1 then return answer('erasing', '', -1, 0) end
  local known = body ~= '' and repeated(id, body)
  if known then return known end
  if look == '1' then
    local stored = redis.call('GET', cache_key_of(cache_key))
    if stored then return answer('cached', stored, -1, 0) end
  end
  local remaining, count_it = -1, nil
  if limit > 0 then
    local left, seconds, counted = window(limit, subject)
    if left == 0 then return answer('limited', '', 0, seconds) end
    remaining, count_it = left - 1, counted
  end
  if result == '' and waiting >= tonumber(max_waiting) then return answer('overloaded', '', -1, 0) end
  local leader = result == '' and flight ~= '' and redis.call('HGET', FLIGHT, flight)
  local held
  if policies ~= '' and result == '' then
    local policy, seconds
    policy, seconds, held = admit_to_account(tenant, now, policies, leader)
    if policy then return answer('refused', policy, count_it and remaining + 1 or -1, seconds) end
  end
  if count_it then count_it() end

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
  if hook ~= '' then field('hook', hook) end
  if retry_of ~= '' then field('retry_of', retry_of) end
  if held then field('held', held) end
  if trace ~= '' then field('trace', trace) end
  if leader then
    field('leader', leader)
    field('cache', 'collapsed')
  end
  redis.call('HSET', job_key(id), unpack(record))
  redis.call('ZADD', index_key(tenant), now, id)
  if not indexed[tenant] then redis.call('EXPIRE', index_key(tenant), index_seconds) end
  indexed[tenant] = true

  if result ~= '' then
    end_job(id, now, { status = 'completed', result = result, cache = 'hit' }, ttl)
    return answer('made', 'completed', remaining, 0)
  end
  redis.call('SET', text_key(id), text)
  if leader then
    redis.call('RPUSH', followers_key(leader), id)
    redis.call('SADD', LEADERS, leader)
    redis.call('ZADD', DUE, now + deadline_ms, id)
    return answer('made', 'collapsed', remaining, 0, trace ~= '' and redis.call('HGET', job_key(leader), 'trace') or nil)
  end
  if flight ~= '' then redis.call('HSET', FLIGHT, flight, id) end
  enter_waiting(tenant, id, class, now)
  waiting = waiting + 1
  return answer('made', 'queued', remaining, position(tenant, id))
end

local WIDTH, answers = 19, {}
for i = 4, #ARGV, WIDTH do answers[#answers + 1] = admit(unpack(ARGV, i, i + WIDTH - 1)) end
write_ends(now)
return answers
