-- What a webhook is owed: from the end of its job to the last attempt. One delivery a job, because a job ends once.
-- @include ../redis
local KEPT_MS, KEPT_AFTER_LAST_MS = 86400000, 3600000
local function hook_of(tenant, url) return hook_key(redis.sha1hex(tenant .. '\n' .. url)) end

local function enter_outbox(id, host, due)
  redis.call('ZADD', host_outbox_key(host), due, id)
  redis.call('ZADD', backlog_key, due, id)
  redis.call('ZADD', outbox_key, 'LT', due, host)
end

local function leave_outbox(id, host)
  redis.call('ZREM', backlog_key, id)
  redis.call('ZREM', host_outbox_key(host), id)
  if redis.call('EXISTS', host_outbox_key(host)) == 0 then redis.call('ZREM', outbox_key, host) end
end

local function is_slow(host, now) return tonumber(redis.call('ZSCORE', slow_hosts_key, host) or 0) > now end

-- An attempt is over: its host may get another. -> whether it had been handed on
local function leave_posting(id, host)
  if redis.call('ZREM', posting_key, id .. ' ' .. host) == 0 then return false end
  if redis.call('HINCRBY', posts_key, host, -1) <= 0 then redis.call('HDEL', posts_key, host) end
  local first = redis.call('ZRANGE', host_outbox_key(host), 0, 0, 'WITHSCORES')
  local now = clock()
  if first[2] then redis.call('ZADD', outbox_key, is_slow(host, now) and math.max(first[2], now) or first[2], host) end
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

-- The end of a job whose record names a webhook. hook: the events, a blank, the URL.
local function notify_webhook(id, hook, status, now)
  local events, url = string.match(hook, '^(%S+) (%S+)$')
  if not events or not string.find(',' .. events .. ',', ',' .. status .. ',', 1, true) then return end
  local host = string.match(url, '^%a+://([^/?#]+)')
  local job = fields_of(job_key(id), 'tenant', 'seq', 'created', 'wanted', 'trace')
  redis.call('HSET', delivery_key(id), 'state', 'pending', 'event', job.seq, 'status', status, 'at', now, 'url', url,
    'host', host, 'tenant', job.tenant, 'created', job.created, 'wanted', job.wanted, 'made', 0, 'automatic', 0)
  if job.trace then redis.call('HSET', delivery_key(id), 'trace', job.trace) end
  enter_outbox(id, host, now)
  redis.call('PUBLISH', new_posts_channel, id)
end

local function forget_delivery(id)
  local host = redis.call('HGET', delivery_key(id), 'host')
  if not host then return end
  leave_outbox(id, host)
  redis.call('DEL', delivery_key(id), attempts_key(id))
end
