-- -> { fields, position, slots, mean service time in ms } or { 'gone' | 'none' }
local fields, status, in_line = view(ARGV[1], ARGV[2])
if not fields then return { status } end
if status ~= 'queued' then return { fields, 0, 0, 0 } end
local service = tonumber(redis.call('HGET', COUNTS, 'service_ms') or 0)
return { fields, position(ARGV[2], in_line), capacity(clock()), service }
