-- What is owed to webhooks. -> { deliveries that wait for an attempt, ms by which the first of them is overdue }
local now = clock()
local first = redis.call('ZRANGE', BACKLOG, 0, 0, 'WITHSCORES')
return { redis.call('ZCARD', BACKLOG), first[2] and math.max(0, now - first[2]) or 0 }
