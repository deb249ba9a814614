-- Runs that hold their jobs add cards they keep and what they have cost.
-- of each: named: id, run, usage, from, draft; behind them its cards -> 1, or 0 where another run holds the job
-- @include log
local function append(added, cards)
  local status, run = values_of(job_key(added.id), 'status', 'run')
  if status ~= 'running' or tonumber(run) ~= added.run then return 0 end
  redis.call('HSET', job_key(added.id), 'usage', added.usage)
  add_cards(added.id, added.from, added.draft, cards)
  return 1
end

local appended = {}
for i = 2, #ARGV, 2 do appended[#appended + 1] = append(cjson.decode(ARGV[i]), ARGV[i + 1]) end
return appended
