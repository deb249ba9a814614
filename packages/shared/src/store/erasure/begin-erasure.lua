-- A tenant's data is to be erased: its submits are refused until that is done, and nothing that was cached before is served.
-- named: the erasure; behind it the same, as JSON
-- -> the erasure, or the one that is at work already, as JSON
-- @include ../redis
-- @include epochs
-- @include owed
local erasure, packed, now = cjson.decode(ARGV[1]), ARGV[2], clock()
local tenant = erasure.tenant
local open = redis.call('HGET', erasures_key, tenant)
if open then return open end
redis.call('HSET', erasures_key, tenant, packed)
redis.call('SET', erasing_key(tenant), 1)
redis.call('HSET', counts_key, 'erasing', redis.call('HLEN', erasures_key))
raise_epoch(tenant, now)
open_erasure(erasure, now)
return packed
