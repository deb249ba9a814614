-- A tenant's data is to be erased: its submits are refused until that is done. -> the erasure, as JSON
-- @include ../keys
local tenant, erasure = ARGV[1], ARGV[2]
local open = redis.call('HGET', P .. ':erasures', tenant)
if open then return open end
redis.call('HSET', P .. ':erasures', tenant, erasure)
redis.call('SET', erasing_key(tenant), 1)
redis.call('HSET', COUNTS, 'erasing', redis.call('HLEN', P .. ':erasures'))
return erasure
