-- What a run of a canceled job turned out to cost: recorded once, by the run that held it. named: id, run, usage -> 1, or 0
-- @include ../jobs/log
-- @include accounts
local spent = cjson.decode(ARGV[1])
local id, run, usage = spent.id, tostring(spent.run), spent.usage
local held = fields_of(job_key(id), 'status', 'run', 'usage', 'billed')
if held.status ~= 'canceled' or held.run ~= run or held.billed == run or held.usage == usage then return 0 end
correct_account(id, usage)
redis.call('HSET', job_key(id), 'usage', usage, 'billed', run)
add_events(id)
return 1
