-- -> { fields, position, slots, mean service time in ms, now } or { 'gone' | 'none' }
-- @include ../line/line
-- @include view
local fields, status, in_line = view(ARGV[1], ARGV[2])
if not fields then return { status } end
if not is_open(status) then return { fields, 0, 0, 0, 0 } end
local now, service = clock(), tonumber(redis.call('HGET', COUNTS, 'service_ms') or 0)
if status == 'running' then return { fields, 0, 0, service, now } end
return { fields, position(ARGV[2], in_line), capacity(now), service, now }
