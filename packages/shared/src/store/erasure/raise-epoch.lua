-- Nothing that a tenant has in the cache is served any more. named: tenant -> 1
-- @include ../redis
-- @include epochs
raise_epoch(cjson.decode(ARGV[1]).tenant, clock())
return 1
