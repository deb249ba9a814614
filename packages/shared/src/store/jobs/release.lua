-- The run that holds a job gives it back, to be run again, with the cards it kept.
-- named: id, run, counts (as an attempt), usage, from, draft; behind them the cards
-- crashed: 'alone' or 'among_others' where the process of the run ended
-- -> 1, or 0 for any other run
-- @include log
local given, cards = cjson.decode(ARGV[1]), ARGV[2]
local key = job_key(given.id)
local job = fields_of(key, 'status', 'run', 'attempts')
if job.status ~= 'running' or tonumber(job.run) ~= given.run then return 0 end
add_cards(given.id, given.from, given.draft, cards)
redis.call('HSET', key, 'status', 'queued')
if not given.counts then redis.call('HSET', key, 'attempts', math.max(0, job.attempts - 1)) end
if given.usage then redis.call('HSET', key, 'usage', given.usage) end
if given.crashed then redis.call('HINCRBY', key, 'recoveries', 1) end
if given.crashed == 'alone' then redis.call('HINCRBY', key, 'crashes', 1) end
add_events(given.id, 's:queued')
return 1
