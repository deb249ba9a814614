-- What is known of an API key. -> { fields, last use or nil, limits of its tenant or nil, now }
local id = ARGV[1]
local fields = redis.call('HGETALL', P .. ':key:' .. id)
if #fields == 0 then return { fields, false, false, clock() } end
local tenant = redis.call('HGET', P .. ':key:' .. id, 'tenant')
return { fields, redis.call('HGET', P .. ':key-uses', id), redis.call('HGET', P .. ':tenant:' .. tenant, 'limits'), clock() }
