-- What is known of an API key. named: id -> now, last_used, limits (of its tenant, as JSON), limits_mac, all_signed; behind
-- them its fields, none when there is no such key
-- @include ../redis
local id = cjson.decode(ARGV[1]).id
local fields = redis.call('HGETALL', api_key_key(id))
if #fields == 0 then return { cjson.encode({ now = clock() }), fields } end
local tenant = fields_of(tenant_key(redis.call('HGET', api_key_key(id), 'tenant') or ''), 'limits', 'limits_mac')
local known = {
  now = clock(),
  last_used = redis.call('HGET', key_uses_key, id) or nil,
  limits = tenant.limits,
  limits_mac = tenant.limits_mac,
  all_signed = redis.call('GET', keys_signed_key) or nil,
}
return { cjson.encode(known), fields }
