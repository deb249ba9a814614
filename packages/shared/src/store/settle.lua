-- Ends the next 100 followers of a job that ended. -> { followers left, { others that ended } }
local ttl = { result = tonumber(ARGV[2]), text = tonumber(ARGV[3]), tomb = tonumber(ARGV[4]) }
return { settle(ARGV[1], clock(), ttl), others }
