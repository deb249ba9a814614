-- The events of a job after number `after`, at most `most`; of a completed one the whole log, whose cards are short.
-- -> { fields, index of the first entry, entries, length of the log } or { 'gone' | 'none' }
-- @include view
local after, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local fields, status, _, source = view(ARGV[1], ARGV[2])
if not fields then return { status } end
if not source then return { fields, 0, {}, 0 } end
local first, last = math.max(after - 1, 0), math.max(after - 1, 0) + most - 1
if status == 'completed' then first, last = 0, -1 end
local log = events_key(source)
return { fields, first, redis.call('LRANGE', log, first, last), redis.call('LLEN', log) }
