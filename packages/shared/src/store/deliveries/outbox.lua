-- What a webhook is owed: from the end of its job to the last attempt. One delivery a job, because a job ends once.
-- @include ../keys
local OUTBOX = P .. ':outbox'     -- hosts that are owed something; score: when to look at them
local BACKLOG = P .. ':backlog'   -- ids that wait for an attempt; score: when it is due
local POSTING = P .. ':posting'   -- "id host" handed to BullMQ and not recorded; score: when
local POSTS = P .. ':posts'       -- host -> how many of its deliveries are handed on
local SLOW = P .. ':slow'         -- hosts whose last attempt failed; score: until when they get one at a time
local POST = P .. ':post'         -- channel: the outbox has something new
local KEPT_MS, KEPT_AFTER_LAST_MS = 86400000, 3600000
local function delivery_key(id) return P .. ':delivery:' .. id end
local function attempts_key(id) return P .. ':attempts:' .. id end
local function outbox_key(host) return P .. ':outbox:' .. host end
local function hook_key(tenant, url) return P .. ':hook:' .. redis.sha1hex(tenant .. '\n' .. url) end

local function enter_outbox(id, host, due)
  redis.call('ZADD', outbox_key(host), due, id)
  redis.call('ZADD', BACKLOG, due, id)
  redis.call('ZADD', OUTBOX, 'LT', due, host)
end

local function leave_outbox(id, host)
  redis.call('ZREM', BACKLOG, id)
  redis.call('ZREM', outbox_key(host), id)
  if redis.call('EXISTS', outbox_key(host)) == 0 then redis.call('ZREM', OUTBOX, host) end
end

local function is_slow(host, now) return tonumber(redis.call('ZSCORE', SLOW, host) or 0) > now end

-- Whether it was handed on; its host has room again.
local function leave_posting(id, host)
  if redis.call('ZREM', POSTING, id .. ' ' .. host) == 0 then return false end
  if redis.call('HINCRBY', POSTS, host, -1) <= 0 then redis.call('HDEL', POSTS, host) end
  local first = redis.call('ZRANGE', outbox_key(host), 0, 0, 'WITHSCORES')
  local now = clock()
  if first[2] then redis.call('ZADD', OUTBOX, is_slow(host, now) and math.max(first[2], now) or first[2], host) end
  return true
end

-- No attempt follows by itself: kept for a day from the event, and an hour from now at least.
local function end_delivery(id, host, state, reason, now)
  leave_outbox(id, host)
  redis.call('HSET', delivery_key(id), 'state', state, 'reason', reason)
  redis.call('HDEL', delivery_key(id), 'next', 'manual')
  local at = tonumber(redis.call('HGET', delivery_key(id), 'at'))
  local until_ms = math.max(at + KEPT_MS, now + KEPT_AFTER_LAST_MS)
  redis.call('PEXPIREAT', delivery_key(id), until_ms)
  redis.call('PEXPIREAT', attempts_key(id), until_ms)
end

-- The end of a job whose record says who wants to be told of it. hook: the events, a blank, the URL.
local function tell_webhook(id, hook, status, now)
  local events, url = string.match(hook, '^(%S+) (%S+)$')
  if not events or not string.find(',' .. events .. ',', ',' .. status .. ',', 1, true) then return end
  local host = string.match(url, '^%a+://([^/?#]+)')
  local job = redis.call('HMGET', job_key(id), 'tenant', 'seq', 'created', 'wanted', 'trace')
  redis.call('HSET', delivery_key(id), 'state', 'pending', 'event', job[2], 'status', status, 'at', now, 'url', url,
    'host', host, 'tenant', job[1], 'created', job[3], 'wanted', job[4], 'made', 0, 'automatic', 0)
  if job[5] then redis.call('HSET', delivery_key(id), 'trace', job[5]) end
  enter_outbox(id, host, now)
  redis.call('PUBLISH', POST, id)
end

local function forget_delivery(id)
  local host = redis.call('HGET', delivery_key(id), 'host')
  if not host then return end
  leave_outbox(id, host)
  redis.call('DEL', delivery_key(id), attempts_key(id))
end
