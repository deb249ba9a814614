-- The run that holds the job tells how many cards it keeps and what it has cost. -> 1, or 0 for any other run
local id, run, cards, usage = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local held = redis.call('HMGET', job_key(id), 'status', 'run')
if held[1] ~= 'running' or held[2] ~= run then return 0 end
redis.call('HSET', job_key(id), 'cards', cards, 'usage', usage)
happened(id)
return 1
