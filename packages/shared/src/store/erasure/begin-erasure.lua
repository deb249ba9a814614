-- A tenant's data is to be erased: its submits are refused until that is done. named: tenant; behind it the erasure, as JSON
-- -> the erasure, or the one that is at work already, as JSON
-- @include ../redis
local tenant, erasure = cjson.decode(ARGV[1]).tenant, ARGV[2]
local open = redis.call('HGET', erasures_key, tenant)
if open then return open end
redis.call('HSET', erasures_key, tenant, erasure)
redis.call('SET', erasing_key(tenant), 1)
redis.call('HSET', counts_key, 'erasing', redis.call('HLEN', erasures_key))
return erasure
