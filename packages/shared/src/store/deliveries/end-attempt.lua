-- How an attempt ended. named: id, receiver, attempt, outcome (delivered | retried | failed | gone), reason, unanswered,
-- delay_ms, entry (of the list of attempts), disable_ms -> state (what is stored, or 'refused' for an attempt that is not the current one),
-- disabled (this disabled the URL)
-- @include outbox
local MAX_KEPT, SLOW_MS, FORGOTTEN_SECONDS, DISABLED_SECONDS, TOMB_MARGIN_SECONDS = 20, 300000, 172800, 2592000, 3600
local MAX_FORGOTTEN = 100
local made, now = cjson.decode(ARGV[1]), clock()
local id, receiver, key = made.id, made.receiver, delivery_key(made.id)
local function answer(state, disabled) return cjson.encode({ state = state, disabled = disabled == 1 }) end
local delivery = fields_of(key, 'state', 'made', 'tenant', 'url', 'manual', 'next')
leave_posting(id, receiver)
if delivery.state ~= 'pending' or delivery.made + 1 ~= made.attempt then return answer('refused', 0) end
redis.call('HSET', key, 'made', made.attempt, 'reason', made.reason)
redis.call('HDEL', key, 'manual', 'lost')
if not delivery.manual then redis.call('HINCRBY', key, 'automatic', 1) end
redis.call('RPUSH', attempts_key(id), made.entry)
redis.call('LTRIM', attempts_key(id), -MAX_KEPT, -1)

local hook, disabled = hook_of(delivery.tenant, delivery.url), 0
if made.outcome == 'delivered' then
  redis.call('DEL', hook)
  redis.call('ZREM', slow_receivers_key, receiver)
  end_delivery(id, receiver, 'delivered', made.reason, now)
  return answer('delivered', 0)
end

-- Who answers with a failure holds no slot for long.
if made.unanswered then redis.call('ZADD', slow_receivers_key, now + SLOW_MS, receiver) end
local forgotten = redis.call('ZRANGEBYSCORE', slow_receivers_key, '-inf', now, 'LIMIT', 0, MAX_FORGOTTEN)
if #forgotten > 0 then redis.call('ZREM', slow_receivers_key, unpack(forgotten)) end
redis.call('HSETNX', hook, 'since', now)
local failing_ms = now - redis.call('HGET', hook, 'since')
if made.outcome == 'gone' or failing_ms >= made.disable_ms then disabled = redis.call('HSETNX', hook, 'disabled', now) end
local is_disabled = redis.call('HEXISTS', hook, 'disabled') == 1
redis.call('EXPIRE', hook, is_disabled and DISABLED_SECONDS or FORGOTTEN_SECONDS)

-- An attempt that was asked for leaves the automatic ones where they were.
local due = nil
if delivery.manual and delivery.next then
  due = math.max(tonumber(delivery.next), now)
elseif made.outcome == 'retried' then
  due = now + made.delay_ms
end
if made.outcome == 'gone' or not due then
  end_delivery(id, receiver, 'failed', made.reason, now)
  return answer('failed', disabled)
end
redis.call('HSET', key, 'next', due)
enter_outbox(id, receiver, due)
-- The tombstone outlives the last attempt.
local tomb_s = math.ceil((due - now) / 1000) + TOMB_MARGIN_SECONDS
local left = redis.call('TTL', tombstone_key(id))
if left >= 0 and left < tomb_s then redis.call('EXPIRE', tombstone_key(id), tomb_s) end
return answer('pending', disabled)
