-- The run that holds the job gives it back, to be run again, with the cards it kept. crashed: '' or, when its process
-- ended, whether it was there 'alone' or 'among_others'. -> 1, or 0 for any other run
-- @include log
local id, run, counted, usage, added = ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[4], ARGV[5]
local crashed = ARGV[6]
local held = redis.call('HMGET', job_key(id), 'status', 'run', 'attempts')
if held[1] ~= 'running' or held[2] ~= run then return 0 end
add_cards(id, added)
redis.call('HSET', job_key(id), 'status', 'queued')
if not counted then redis.call('HSET', job_key(id), 'attempts', math.max(0, held[3] - 1)) end
if usage ~= '' then redis.call('HSET', job_key(id), 'usage', usage) end
if crashed ~= '' then redis.call('HINCRBY', job_key(id), 'recoveries', 1) end
if crashed == 'alone' then redis.call('HINCRBY', job_key(id), 'crashes', 1) end
happened(id, 's:queued')
return 1
