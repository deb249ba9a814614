-- Runs that hold their jobs tell cards they keep and what they have cost. -> for each 1, or 0 where another run holds it
-- @include log
local function append(id, run, usage, added)
  local held = redis.call('HMGET', job_key(id), 'status', 'run')
  if held[1] ~= 'running' or held[2] ~= run then return 0 end
  redis.call('HSET', job_key(id), 'usage', usage)
  add_cards(id, added)
  return 1
end

local WIDTH, told = 4, {}
for i = 1, #ARGV, WIDTH do told[#told + 1] = append(unpack(ARGV, i, i + WIDTH - 1)) end
return told
