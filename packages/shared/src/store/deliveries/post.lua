-- Hands due deliveries on to BullMQ, in turns by tenant and only while workers have free slots. A tenant holds no more than
-- its share of them, and of the slots of a host. So what hangs for one delays no other.
-- named: worker, slots (of this worker), announced_ms (for how long they count), max, max_a_tenant (0: no limit),
-- max_a_receiver, grace_ms, full_ms
-- -> posts { { id, host (the receiver), event, attempt } }, waits { host, tenant, slots } (how often something
-- due had to wait for it), next_ms (until it is worth asking again; absent: until it is published)
-- (a caller that dies before it adds them is made good below, after the grace)
-- @include outbox
local MAX_LOOKS, MAX_MOVED, MAX_ENDED, MAX_LOST, KEPT_SECONDS = 100, 100, 10, 5, 3600
local asked, now = cjson.decode(ARGV[1]), clock()
local posts, waits = {}, { host = 0, tenant = 0, slots = 0 }

redis.call('ZREMRANGEBYSCORE', delivery_slots_key, '-inf', now)
redis.call('ZADD', delivery_slots_key, now + asked.announced_ms, asked.worker .. ':' .. asked.slots)
redis.call('PEXPIRE', delivery_slots_key, asked.announced_ms)

-- BullMQ writes there what became of each attempt; nobody reads it, and an erased job must leave nothing.
redis.call('XTRIM', deliveries_events_key, 'MAXLEN', 0)

-- Handed on for a while, unknown to BullMQ and not recorded: the process that had it is gone.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', posting_key, '-inf', now - asked.grace_ms, 'LIMIT', 0, MAX_LOOKS)) do
  local id, receiver = string.match(member, '^(%S+) (%S+)$')
  local delivery = fields_of(delivery_key(id), 'state', 'event', 'made')
  local post = deliveries_job_key(id, delivery.event or '', (delivery.made or 0) + 1)
  if delivery.state == 'pending' and redis.call('EXISTS', post) == 1 then
    redis.call('ZADD', posting_key, now - asked.grace_ms + 2000, member)
  else
    leave_posting(id, receiver)
    if delivery.state == 'pending' then
      if redis.call('HINCRBY', delivery_key(id), 'lost', 1) > MAX_LOST then
        end_delivery(id, receiver, 'failed', 'lost', now)
      else
        enter_outbox(id, receiver, now)
      end
    end
  end
end

-- What an earlier version left under a host goes to the receivers of its tenants.
local moved = 0
local function move(host)
  local left = redis.call('ZRANGE', receiver_outbox_key(host), 0, MAX_MOVED - moved - 1, 'WITHSCORES')
  for i = 1, #left, 2 do
    local id, tenant = left[i], redis.call('HGET', delivery_key(left[i]), 'tenant')
    leave_outbox(id, host)
    if tenant then
      redis.call('HSET', delivery_key(id), 'host', host .. '/' .. tenant)
      enter_outbox(id, host .. '/' .. tenant, left[i + 1])
    end
    moved = moved + 1
  end
  if #left == 0 then forget_receiver(host) end
end

-- A receiver that an earlier version put there, or that it would miss if it came back.
for _, receiver in ipairs(redis.call('ZRANGEBYSCORE', outbox_key, '-inf', now, 'LIMIT', 0, MAX_LOOKS)) do
  if tenant_of(receiver) then
    look_at(receiver, now)
    redis.call('ZADD', outbox_key, now + asked.full_ms, receiver)
  elseif moved < MAX_MOVED then
    move(receiver)
  end
end

-- A turn is a number; the lowest is next.
local last_turn = tonumber(redis.call('ZRANGE', delivery_turns_key, -1, -1, 'WITHSCORES')[2] or 0)
local function take_a_turn(tenant)
  last_turn = last_turn + 1
  redis.call('ZADD', delivery_turns_key, last_turn, tenant)
end
for _, tenant in ipairs(redis.call('ZRANGEBYSCORE', outbox_tenants_key, '-inf', now, 'LIMIT', 0, MAX_LOOKS)) do
  redis.call('ZREM', outbox_tenants_key, tenant)
  if not redis.call('ZSCORE', delivery_turns_key, tenant) then take_a_turn(tenant) end
end

local function leave_turns(tenant, until_ms)
  redis.call('ZREM', delivery_turns_key, tenant)
  if until_ms then redis.call('ZADD', outbox_tenants_key, until_ms, tenant) end
end

-- Attempts whose end an earlier version recorded. -> whether there were any
local function forget_ended(tenant)
  local ended = 0
  for _, member in ipairs(redis.call('ZRANGE', tenant_posting_key(tenant), 0, MAX_ENDED - 1)) do
    if not redis.call('ZSCORE', posting_key, member) then ended = ended + redis.call('ZREM', tenant_posting_key(tenant), member) end
  end
  return ended > 0
end

local function hand_on(id, receiver, tenant)
  redis.call('ZREM', receiver_outbox_key(receiver), id)
  local delivery = fields_of(delivery_key(id), 'event', 'made')
  if not delivery.event then return redis.call('ZREM', backlog_key, id) end
  redis.call('ZADD', posting_key, now, id .. ' ' .. receiver)
  redis.call('ZADD', tenant_posting_key(tenant), now, id .. ' ' .. receiver)
  redis.call('EXPIRE', tenant_posting_key(tenant), KEPT_SECONDS)
  redis.call('HINCRBY', posts_key, receiver, 1)
  posts[#posts + 1] = { id = id, host = receiver, event = delivery.event, attempt = delivery.made + 1 }
end

-- The first delivery of a receiver that is due; `since` is when the receiver was free for it.
local function serve(receiver, tenant, since)
  local due = redis.call('ZRANGEBYSCORE', receiver_outbox_key(receiver), '-inf', now, 'WITHSCORES', 'LIMIT', 0, 1)
  if due[1] then
    -- A delivery that waited for its own receivers is not overdue.
    local free_since = math.max(since, tonumber(redis.call('ZSCORE', full_tenants_key, tenant) or 0))
    if free_since > tonumber(due[2]) then redis.call('ZADD', backlog_key, 'XX', free_since, due[1]) end
    hand_on(due[1], receiver, tenant)
  end
  local first = redis.call('ZRANGE', receiver_outbox_key(receiver), 0, 0, 'WITHSCORES')[2]
  if not first then return forget_receiver(receiver) end
  redis.call('ZADD', tenant_receivers_key(tenant), math.max(since, first), receiver)
  redis.call('ZADD', outbox_key, math.max(now + asked.full_ms, first), receiver)
end

-- Looks at the first receiver of the tenant that is next. It takes its next turn behind all others, whatever was found.
local function look(tenant, free)
  local receivers = redis.call('ZRANGE', tenant_receivers_key(tenant), 0, 0, 'WITHSCORES')
  local receiver, since = receivers[1], tonumber(receivers[2])
  if not receiver or since > now then
    redis.call('ZREM', full_tenants_key, tenant)
    forget_ended(tenant)
    return leave_turns(tenant, since)
  end
  -- A tenant never holds more slots than are left, so another always finds one.
  local share = asked.max_a_tenant == 0 and math.huge or math.min(asked.max_a_tenant, free)
  if redis.call('ZCARD', tenant_posting_key(tenant)) >= share then
    if forget_ended(tenant) then return take_a_turn(tenant) end
    waits.tenant = waits.tenant + 1
    redis.call('ZADD', full_tenants_key, now, tenant)
    -- An end of one of its attempts brings it back at once, this only makes sure.
    return leave_turns(tenant, now + asked.full_ms)
  end
  if tonumber(redis.call('HGET', posts_key, receiver) or 0) >= (is_slow(receiver, now) and 1 or asked.max_a_receiver) then
    waits.host = waits.host + 1
    redis.call('ZADD', tenant_receivers_key(tenant), now + asked.full_ms, receiver)
  else
    serve(receiver, tenant, since)
  end
  take_a_turn(tenant)
end

local slots = announced_slots(delivery_slots_key, now) - redis.call('ZCARD', posting_key)
local looks, tenant = 0, redis.call('ZRANGE', delivery_turns_key, 0, 0)[1]
while tenant and looks < MAX_LOOKS and #posts < math.min(asked.max, slots) do
  look(tenant, slots - #posts)
  looks, tenant = looks + 1, redis.call('ZRANGE', delivery_turns_key, 0, 0)[1]
end

local next_ms = nil
local function ask_again_at(at) if at then next_ms = math.min(next_ms or math.huge, math.max(0, at - now)) end end
ask_again_at(redis.call('ZRANGE', outbox_key, 0, 0, 'WITHSCORES')[2])
ask_again_at(redis.call('ZRANGE', outbox_tenants_key, 0, 0, 'WITHSCORES')[2])
if tenant and #posts >= slots then
  waits.slots = 1
elseif tenant then
  ask_again_at(now)
end
return cjson.encode({ posts = posts, waits = waits, next_ms = next_ms })
