-- A tenant's data is erased: what is left of it are keys, budgets and tombstones. named: tenant -> 1
local tenant = cjson.decode(ARGV[1]).tenant
redis.call('HDEL', erasures_key, tenant)
redis.call('DEL', erasing_key(tenant), erasure_holder_key(tenant), tenant_jobs_key(tenant), waiting_key(tenant), sweep_cursor_key(tenant))
redis.call('HSET', counts_key, 'erasing', redis.call('HLEN', erasures_key))
return 1
