-- What is owed to webhooks. -> deliveries (that wait for an attempt), overdue_ms (of the first)
-- A delivery that waits for its own receivers, because they are slow or its tenant holds its share, is not overdue.
-- @include outbox
local MAX_LOOKS = 20
local now = clock()
local overdue = 0
local function note(due) if due then overdue = math.max(overdue, now - due) end end
note(redis.call('ZRANGE', outbox_key, 0, 0, 'WITHSCORES')[2])
for _, tenant in ipairs(redis.call('ZRANGE', delivery_turns_key, 0, MAX_LOOKS - 1)) do
  local since = redis.call('ZRANGE', tenant_receivers_key(tenant), 0, 0, 'WITHSCORES')[2]
  note(since and math.max(since, redis.call('ZSCORE', full_tenants_key, tenant) or 0))
end
for _, member in ipairs(redis.call('ZRANGE', posting_key, 0, MAX_LOOKS - 1)) do
  note(redis.call('ZSCORE', backlog_key, string.match(member, '^%S+')) or nil)
end
return cjson.encode({ deliveries = redis.call('ZCARD', backlog_key), overdue_ms = overdue })
