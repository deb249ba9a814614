-- What a run of a canceled job turned out to cost: told once, by the run that held it. -> 1, or 0
-- @include ../jobs/log
-- @include accounts
local id, run, usage = ARGV[1], ARGV[2], ARGV[3]
local held = redis.call('HMGET', job_key(id), 'status', 'run', 'usage', 'billed')
if held[1] ~= 'canceled' or held[2] ~= run or held[4] == run or held[3] == usage then return 0 end
correct_account(id, usage)
redis.call('HSET', job_key(id), 'usage', usage, 'billed', run)
happened(id)
return 1
