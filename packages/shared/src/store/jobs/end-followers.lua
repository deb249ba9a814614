-- Ends the next 100 followers of a job that ended. -> { followers left, { others that ended } }
-- @include ending
local ttl = { result = tonumber(ARGV[2]), text = tonumber(ARGV[3]), tomb = tonumber(ARGV[4]) }
local now = clock()
local left = settle(ARGV[1], now, ttl)
write_ends(now)
return { left, others }
