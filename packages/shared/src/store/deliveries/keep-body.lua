-- The bytes of a delivery, the first that are offered: every attempt sends the same. -> those bytes, or nil once erased
-- @include outbox
local key, body = delivery_key(ARGV[1]), ARGV[2]
if redis.call('EXISTS', key) == 0 then return nil end
redis.call('HSETNX', key, 'body', body)
return redis.call('HGET', key, 'body')
