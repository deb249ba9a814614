-- What is owed to webhooks. -> deliveries (that wait for an attempt), overdue_ms (of the first)
-- A delivery that waits for a slow receiver is not overdue.
-- @include outbox
local now = clock()
local overdue = 0
local first = redis.call('ZRANGE', outbox_key, 0, 0, 'WITHSCORES')
if first[2] then overdue = math.max(overdue, now - first[2]) end
for _, member in ipairs(redis.call('ZRANGE', posting_key, 0, 19)) do
  local due = redis.call('ZSCORE', backlog_key, string.match(member, '^%S+'))
  if due then overdue = math.max(overdue, now - due) end
end
return cjson.encode({ deliveries = redis.call('ZCARD', backlog_key), overdue_ms = overdue })
