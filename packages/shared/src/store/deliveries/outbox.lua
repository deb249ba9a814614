-- What a webhook is owed: from the end of its job to the last attempt. One delivery a job, because a job ends once.
-- A receiver is a host of one tenant, `HOST/TENANT`, so no tenant waits in another's list. To earlier versions it is a host
-- like any other. What they left under a `HOST` alone goes by `outbox`, and `post` moves it to its tenants.
-- @include ../redis
local KEPT_MS, KEPT_AFTER_LAST_MS = 86400000, 3600000
local function hook_of(tenant, url) return hook_key(redis.sha1hex(tenant .. '\n' .. url)) end
local function tenant_of(receiver) return string.match(receiver, '/(.+)$') end

-- Earlier versions look at `outbox`, this one by tenants.
local function look_at(receiver, at)
  redis.call('ZADD', outbox_key, 'LT', at, receiver)
  local tenant = tenant_of(receiver)
  if not tenant then return end
  redis.call('ZADD', tenant_receivers_key(tenant), 'LT', at, receiver)
  redis.call('ZADD', outbox_tenants_key, 'LT', at, tenant)
end

local function forget_receiver(receiver)
  redis.call('ZREM', outbox_key, receiver)
  local tenant = tenant_of(receiver)
  if tenant then redis.call('ZREM', tenant_receivers_key(tenant), receiver) end
end

local function enter_outbox(id, receiver, due)
  redis.call('ZADD', receiver_outbox_key(receiver), due, id)
  redis.call('ZADD', backlog_key, due, id)
  look_at(receiver, due)
end

local function leave_outbox(id, receiver)
  redis.call('ZREM', backlog_key, id)
  redis.call('ZREM', receiver_outbox_key(receiver), id)
  if redis.call('EXISTS', receiver_outbox_key(receiver)) == 0 then forget_receiver(receiver) end
end

local function is_slow(receiver, now) return tonumber(redis.call('ZSCORE', slow_receivers_key, receiver) or 0) > now end

-- An attempt is over: its receiver may get another, and its tenant too.
local function leave_posting(id, receiver)
  local member, tenant, now = id .. ' ' .. receiver, tenant_of(receiver), clock()
  if redis.call('ZREM', posting_key, member) == 0 then return end
  if redis.call('HINCRBY', posts_key, receiver, -1) <= 0 then redis.call('HDEL', posts_key, receiver) end
  local first = redis.call('ZRANGE', receiver_outbox_key(receiver), 0, 0, 'WITHSCORES')
  if first[2] then look_at(receiver, math.max(first[2], now)) end
  if not tenant then return end
  redis.call('ZREM', tenant_posting_key(tenant), member)
  if redis.call('EXISTS', tenant_receivers_key(tenant)) == 1 then redis.call('ZADD', outbox_tenants_key, 'LT', now, tenant) end
end

-- No attempt follows by itself: kept for a day from the event, and an hour from now at least.
local function end_delivery(id, receiver, state, reason, now)
  leave_outbox(id, receiver)
  redis.call('HSET', delivery_key(id), 'state', state, 'reason', reason)
  redis.call('HDEL', delivery_key(id), 'next', 'manual')
  local at = tonumber(redis.call('HGET', delivery_key(id), 'at'))
  local until_ms = math.max(at + KEPT_MS, now + KEPT_AFTER_LAST_MS)
  redis.call('PEXPIREAT', delivery_key(id), until_ms)
  redis.call('PEXPIREAT', attempts_key(id), until_ms)
end

-- The end of a job whose record names a webhook. hook: the events, a blank, the URL.
local function notify_webhook(id, hook, status, now)
  local events, url = string.match(hook, '^(%S+) (%S+)$')
  if not events or not string.find(',' .. events .. ',', ',' .. status .. ',', 1, true) then return end
  local job = fields_of(job_key(id), 'tenant', 'seq', 'created', 'wanted', 'trace')
  local receiver = string.match(url, '^%a+://([^/?#]+)') .. '/' .. job.tenant
  redis.call('HSET', delivery_key(id), 'state', 'pending', 'event', job.seq, 'status', status, 'at', now, 'url', url,
    'host', receiver, 'tenant', job.tenant, 'created', job.created, 'wanted', job.wanted, 'made', 0, 'automatic', 0)
  if job.trace then redis.call('HSET', delivery_key(id), 'trace', job.trace) end
  enter_outbox(id, receiver, now)
  redis.call('PUBLISH', new_posts_channel, id)
end

local function forget_delivery(id)
  local receiver = redis.call('HGET', delivery_key(id), 'host')
  if not receiver then return end
  leave_outbox(id, receiver)
  redis.call('DEL', delivery_key(id), attempts_key(id))
end
