-- How an attempt ended. outcome: delivered | retried | failed | gone
-- -> { what is stored: the state, or 'refused' for an attempt that is not the current one, 1 if this disabled the URL }
-- @include outbox
local id, host, attempt, outcome, reason = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local delay_ms, entry, disable_ms, tomb_margin_s = tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8]), 3600
local MOST_KEPT, SLOW_MS, FORGOTTEN_SECONDS, DISABLED_SECONDS = 20, 300000, 172800, 2592000
local now = clock()
local delivery = redis.call('HMGET', delivery_key(id), 'state', 'made', 'tenant', 'url', 'manual', 'next')
leave_posting(id, host)
if delivery[1] ~= 'pending' or delivery[2] + 1 ~= attempt then return { 'refused', 0 } end
redis.call('HSET', delivery_key(id), 'made', attempt, 'reason', reason)
redis.call('HDEL', delivery_key(id), 'manual', 'lost')
if not delivery[5] then redis.call('HINCRBY', delivery_key(id), 'automatic', 1) end
redis.call('RPUSH', attempts_key(id), entry)
redis.call('LTRIM', attempts_key(id), -MOST_KEPT, -1)

local hook, disabled = hook_key(delivery[3], delivery[4]), 0
if outcome == 'delivered' then
  redis.call('DEL', hook)
  redis.call('ZREM', SLOW, host)
  end_delivery(id, host, 'delivered', reason, now)
  return { 'delivered', 0 }
end

redis.call('ZADD', SLOW, now + SLOW_MS, host)
redis.call('ZREMRANGEBYSCORE', SLOW, '-inf', now)
redis.call('HSETNX', hook, 'since', now)
local failing_ms = now - redis.call('HGET', hook, 'since')
if outcome == 'gone' or failing_ms >= disable_ms then disabled = redis.call('HSETNX', hook, 'disabled', now) end
local is_disabled = redis.call('HEXISTS', hook, 'disabled') == 1
redis.call('EXPIRE', hook, is_disabled and DISABLED_SECONDS or FORGOTTEN_SECONDS)

-- An attempt that was asked for leaves the automatic ones where they were.
local due = nil
if delivery[5] and delivery[6] then
  due = math.max(tonumber(delivery[6]), now)
elseif outcome == 'retried' then
  due = now + delay_ms
end
if outcome == 'gone' or not due then
  end_delivery(id, host, 'failed', reason, now)
  return { 'failed', disabled }
end
redis.call('HSET', delivery_key(id), 'next', due)
enter_outbox(id, host, due)
-- The tombstone outlives the last attempt.
local tomb_s = math.ceil((due - now) / 1000) + tomb_margin_s
local left = redis.call('TTL', tomb_key(id))
if left >= 0 and left < tomb_s then redis.call('EXPIRE', tomb_key(id), tomb_s) end
return { 'pending', disabled }
