-- A run that holds its job asks to use more than is held for it. named: id, run, tokens, nano
-- -> 1, or 0 where that is over a budget of its tenant, or another run holds the job
-- @include accounts
local asked = cjson.decode(ARGV[1])
local key, tokens, nano = job_key(asked.id), asked.tokens, asked.nano
local job = fields_of(key, 'status', 'run', 'tenant', 'held')
if job.status ~= 'running' or tonumber(job.run) ~= asked.run or not job.held then return 0 end
local held_tokens, held_nano, max_tokens, max_nano = unpack_held(job.held)
if over_budget(job.tenant, clock(), tokens, nano, max_tokens, max_nano) then return 0 end
hold(job.tenant, tokens, nano)
local held = { whole(held_tokens + tokens), whole(held_nano + nano), whole(max_tokens), whole(max_nano) }
redis.call('HSET', key, 'held', table.concat(held, ' '))
return 1
