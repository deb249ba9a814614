-- The webhook log of a job. -> { fields of its delivery without the body, ms it is kept or -1, attempt, ... }, or
-- { 'empty' } when it has none (yet), or { 'gone' | 'none' }
-- @include outbox
local id, tenant = ARGV[1], ARGV[2]
local fields = redis.call('HMGET', delivery_key(id), 'tenant', 'event', 'status', 'url', 'state', 'reason', 'at', 'next', 'made')
if fields[1] == tenant then
  local due = redis.call('ZSCORE', BACKLOG, id)
  local answer = { fields, due or '', redis.call('PTTL', delivery_key(id)), clock() }
  for _, attempt in ipairs(redis.call('LRANGE', attempts_key(id), 0, -1)) do answer[#answer + 1] = attempt end
  return answer
end
if redis.call('HGET', job_key(id), 'tenant') == tenant then return { 'empty' } end
local status, owner = string.match(redis.call('GET', tomb_key(id)) or '', '^(%S+) (%S+)')
return { (owner == tenant and status ~= 'erased') and 'gone' or 'none' }
