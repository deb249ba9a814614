-- Asks for an attempt now, whatever became of the others. -> 'asked', or why not: none | busy | spent
-- @include outbox
local id, event, tenant, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local delivery = redis.call('HMGET', delivery_key(id), 'tenant', 'event', 'host', 'made', 'state', 'next')
if delivery[1] ~= tenant or delivery[2] ~= event then return 'none' end
local host = delivery[3]
if redis.call('ZSCORE', POSTING, id .. ' ' .. host) then return 'busy' end
if tonumber(delivery[4]) >= most then return 'spent' end
-- Before its first automatic attempt it is due already.
if delivery[5] ~= 'pending' or delivery[6] then redis.call('HSET', delivery_key(id), 'state', 'pending', 'manual', 1) end
redis.call('PERSIST', delivery_key(id))
redis.call('PERSIST', attempts_key(id))
enter_outbox(id, host, clock())
redis.call('PUBLISH', POST, id)
return 'asked'
