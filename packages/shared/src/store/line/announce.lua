-- A worker is here with so many slots, or leaves (0 seconds). -> length of BullMQ's waiting list, 0 while the
-- fleet pauses
-- @include ../keys
local worker, slots, seconds, queue = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local member = worker .. ':' .. slots
if seconds > 0 then
  redis.call('ZADD', WORKERS, clock() + seconds * 1000, member)
else
  redis.call('ZREM', WORKERS, member)
end
if redis.call('EXISTS', P .. ':' .. queue .. ':limiter') == 1 then return 0 end
return redis.call('LLEN', P .. ':' .. queue .. ':wait')
