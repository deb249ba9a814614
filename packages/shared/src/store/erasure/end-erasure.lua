-- Nothing of a tenant is left here but keys, budgets, tombstones and receipts: it may submit again. The erasure is done when
-- the cache has none of it either. named: the erasure -> 1, or 0 where another has ended it
-- @include ../redis
-- @include epochs
-- @include owed
local erasure, now = cjson.decode(ARGV[1]), clock()
local tenant = erasure.tenant
local open = redis.call('HGET', erasures_key, tenant)
if not open or cjson.decode(open).id ~= erasure.id then return 0 end
redis.call('HDEL', erasures_key, tenant)
redis.call('DEL', erasing_key(tenant), erasure_holder_key(tenant), tenant_jobs_key(tenant), waiting_key(tenant), sweep_cursor_key(tenant))
redis.call('HSET', counts_key, 'erasing', redis.call('HLEN', erasures_key))
-- An older version that began it did neither.
raise_epoch(tenant, now)
open_erasure(erasure, now)
return 1
