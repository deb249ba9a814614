-- Asks for an attempt now, whatever became of the others. named: id, event, tenant, max (attempts)
-- -> kind: asked, or why not: none | busy | spent
-- @include outbox
local asked = cjson.decode(ARGV[1])
local key = delivery_key(asked.id)
local function answer(kind) return cjson.encode({ kind = kind }) end
local delivery = fields_of(key, 'tenant', 'event', 'host', 'made', 'state', 'next')
if delivery.tenant ~= asked.tenant or delivery.event ~= asked.event then return answer('none') end
if redis.call('ZSCORE', posting_key, asked.id .. ' ' .. delivery.host) then return answer('busy') end
if tonumber(delivery.made) >= asked.max then return answer('spent') end
-- Before its first automatic attempt it is due already.
if delivery.state ~= 'pending' or delivery.next then redis.call('HSET', key, 'state', 'pending', 'manual', 1) end
redis.call('PERSIST', key)
redis.call('PERSIST', attempts_key(asked.id))
enter_outbox(asked.id, delivery.host, clock())
redis.call('PUBLISH', new_posts_channel, asked.id)
return answer('asked')
