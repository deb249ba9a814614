-- A worker is here with so many slots, or leaves. named: worker, slots, seconds (0: it leaves)
-- -> length of BullMQ's waiting list, 0 while the fleet pauses
-- @include ../redis
local announced = cjson.decode(ARGV[1])
local member = announced.worker .. ':' .. announced.slots
if announced.seconds > 0 then
  redis.call('ZADD', workers_key, clock() + announced.seconds * 1000, member)
else
  redis.call('ZREM', workers_key, member)
end
if redis.call('EXISTS', generate_limiter_key) == 1 then return 0 end
return redis.call('LLEN', generate_wait_key)
