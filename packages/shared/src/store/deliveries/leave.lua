-- A worker makes no more attempts: what is handed on is not for it. named: worker, slots -> 1
-- @include ../redis
local asked = cjson.decode(ARGV[1])
redis.call('ZREM', delivery_slots_key, asked.worker .. ':' .. asked.slots)
return 1
