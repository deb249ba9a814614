-- What is owed to webhooks. -> { deliveries that wait for an attempt, ms by which the first is overdue }
-- Waiting for one's turn at a receiver that is slow is not being overdue.
-- @include outbox
local now = clock()
local overdue = 0
local first = redis.call('ZRANGE', OUTBOX, 0, 0, 'WITHSCORES')
if first[2] then overdue = math.max(overdue, now - first[2]) end
for _, member in ipairs(redis.call('ZRANGE', POSTING, 0, 19)) do
  local due = redis.call('ZSCORE', BACKLOG, string.match(member, '^%S+'))
  if due then overdue = math.max(overdue, now - due) end
end
return { redis.call('ZCARD', BACKLOG), overdue }
