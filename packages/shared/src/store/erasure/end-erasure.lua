-- A tenant's data is erased: what is left of it are keys, budgets and tombstones. -> 1
-- @include ../keys
local tenant = ARGV[1]
redis.call('HDEL', P .. ':erasures', tenant)
redis.call('DEL', erasing_key(tenant), P .. ':erasure-held:' .. tenant, index_key(tenant), waiting_key(tenant), P .. ':swept:' .. tenant)
redis.call('HSET', COUNTS, 'erasing', redis.call('HLEN', P .. ':erasures'))
return 1
