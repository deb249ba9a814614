-- A run that holds its job asks to use more than is held for it. -> 1, or 0 where that is over a budget of its tenant,
-- or another run holds the job
-- @include accounts
local id, run, tokens, nano = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local job = redis.call('HMGET', job_key(id), 'status', 'run', 'tenant', 'held')
if job[1] ~= 'running' or job[2] ~= run or not job[4] then return 0 end
local held_tokens, held_nano, most_tokens, most_nano = unpack_held(job[4])
if over_budget(job[3], clock(), tokens, nano, most_tokens, most_nano) then return 0 end
hold(job[3], tokens, nano)
local held = { whole(held_tokens + tokens), whole(held_nano + nano), whole(most_tokens), whole(most_nano) }
redis.call('HSET', job_key(id), 'held', table.concat(held, ' '))
return 1
