-- Keeps the bytes of a delivery, the first that are offered: every attempt sends the same. named: id; behind it the bytes
-- -> kept (false once it was erased); behind it those bytes
-- @include ../redis
local key, body = delivery_key(cjson.decode(ARGV[1]).id), ARGV[2]
if redis.call('EXISTS', key) == 0 then return '{"kept":false}' end
redis.call('HSETNX', key, 'body', body)
return { '{"kept":true}', redis.call('HGET', key, 'body') }
