-- The call of a run that is stopped may still be billed.
-- @include ../line/line
-- @include log
-- @include ../deliveries/outbox
-- @include ../accounts/accounts
local function not_final(usage)
  if not usage then return '{"input_tokens":0,"output_tokens":0,"cost_usd":0,"final":false}' end
  return (string.gsub(usage, '"final":true', '"final":false'))
end

-- How a job ends: once, in one state; the text goes, the rest expires, who listens is told. Whatever script ends jobs calls
-- `write_ends` when it has ended all of its own.
-- ttl: { result, text, tomb } in seconds. outcome.run and outcome.tenant: whose it must be, where that is asked.
-- outcome.shared: a follower ends with its leader, and its log is not its own; then the second answer is its webhook,
-- which its caller tells once the end has its number.
-- -> its tenant, or false when it had ended or is another's
local mean_service
local function end_job(id, now, outcome, ttl)
  local key = job_key(id)
  local was = redis.call('HMGET', key, 'status', 'tenant', 'created', 'started', 'flight', 'key', 'leader', 'cards', 'usage', 'hook', 'held', 'seq', 'run')
  if not was[1] or not is_open(was[1]) then return false end
  if (outcome.run or '') ~= '' and was[13] ~= outcome.run then return false end
  if (outcome.tenant or '') ~= '' and was[2] ~= outcome.tenant then return false end
  if (outcome.added or '') ~= '' and was[1] == 'running' then
    add_cards(id, outcome.added)
    local now_has = redis.call('HMGET', key, 'cards', 'seq')
    was[8], was[12] = now_has[1], now_has[2]
  end
  -- A follower that does not end with its leader keeps what both were told so far.
  local leader = not outcome.shared and was[1] == 'queued' and was[7] and leader_of(was[7], was[5] or was[6])
  if leader then
    inherit(id, leader)
    was[8], was[12] = redis.call('HGET', key, 'cards'), redis.call('LLEN', events_key(id)) + 1
  end
  if was[1] == 'running' and outcome.status == 'canceled' then outcome.usage = not_final(was[9]) end
  local record = { 'status', outcome.status, 'finished', now }
  for _, field in ipairs({ 'result', 'usage', 'error', 'cache' }) do
    if (outcome[field] or '') ~= '' then
      record[#record + 1] = field
      record[#record + 1] = outcome[field]
    end
  end
  if not outcome.shared then
    record[#record + 1] = 'seq'
    record[#record + 1] = close_log(id, tonumber(was[12]), outcome.result or '', tonumber(was[8] or 0), ttl.result)
  end
  redis.call('HSET', key, unpack(record))
  redis.call('EXPIRE', key, ttl.result)
  if outcome.status == 'failed' and ttl.text > 0 then
    redis.call('EXPIRE', text_key(id), ttl.text)
  else
    redis.call('DEL', text_key(id))
  end
  redis.call('SET', tomb_key(id), outcome.status .. ' ' .. was[2] .. ' ' .. was[3] .. ' ' .. now, 'EX', ttl.tomb)
  redis.call('ZREM', FED, id)
  if was[1] == 'queued' then leave_waiting(was[2], id) end
  if was[7] then redis.call('ZREM', DUE, id) end
  local flight = was[5] or was[6]
  if flight and redis.call('HGET', FLIGHT, flight) == id then redis.call('HDEL', FLIGHT, flight) end
  if outcome.status == 'completed' and was[4] then
    local took = now - was[4]
    mean_service = mean_service or tonumber(redis.call('HGET', COUNTS, 'service_ms') or took)
    mean_service = math.floor(mean_service * 0.9 + took * 0.1)
  end
  close_account(was[2], now, {
    id = id, held = was[11], started = was[4] and not outcome.shared, usage = outcome.usage ~= '' and outcome.usage or was[9],
    told = was[1] == 'queued' or (outcome.usage or '') ~= '',
    cards = outcome.result and kept_in(outcome.result), hit = outcome.cache == 'hit',
  })
  if not outcome.shared then ring_end(id) end
  if not was[10] then return was[2] end
  if outcome.shared then return was[2], was[10] end
  tell_webhook(id, was[10], outcome.status, now)
  return was[2]
end

-- What the ends of this script add up to, and the bell for them.
local function write_ends(now)
  if mean_service then redis.call('HSET', COUNTS, 'service_ms', mean_service) end
  write_uses(now)
  ring_all()
end

-- Jobs that ended beside the one a caller asked for, so that their ends can be told: id, tenant, status, error, ...
local others = {}
local function end_other(id, now, outcome, ttl)
  local tenant, hook = end_job(id, now, outcome, ttl)
  if not tenant then return false end
  for _, value in ipairs({ id, tenant, outcome.status, outcome.error or '' }) do others[#others + 1] = value end
  return tenant, hook
end

local LATE = '{"code":"deadline_exceeded","message":"The job did not end before its deadline.","retryable":true}'

-- The oldest follower that still lives makes the deck in place of a leader that ended without one.
local function promote(leader, now)
  while true do
    local id = redis.call('LPOP', followers_key(leader))
    if not id then break end
    local job = redis.call('HMGET', job_key(id), 'status', 'tenant', 'class', 'created', 'flight', 'key')
    if job[1] == 'queued' then
      redis.call('HDEL', job_key(id), 'leader', 'cache')
      redis.call('ZREM', DUE, id)
      inherit(id, leader)
      redis.call('HDEL', job_key(id), 'started')
      happened(id, 's:queued')
      redis.call('HSET', FLIGHT, job[5] or job[6], id)
      enter_waiting(job[2], id, tonumber(job[3] or 1), tonumber(job[4]))
      if redis.call('EXISTS', followers_key(leader)) == 1 then
        redis.call('RENAME', followers_key(leader), followers_key(id))
        redis.call('SADD', LEADERS, id)
      end
      break
    end
  end
  redis.call('SREM', LEADERS, leader)
end

-- Ends up to 100 of those who waited for `leader`; returns how many are left.
local function settle(leader, now, ttl)
  if redis.call('SISMEMBER', LEADERS, leader) == 0 then return 0 end
  local ended = redis.call('HMGET', job_key(leader), 'status', 'result', 'error', 'seq')
  if ended[1] and is_open(ended[1]) then return 0 end
  -- A deadline is the leader's own: who follows it may have more time.
  local late = ended[3] and string.find(ended[3], '"deadline_exceeded"', 1, true)
  if ended[1] ~= 'completed' and (ended[1] ~= 'failed' or late) then
    promote(leader, now)
    return 0
  end
  for _, id in ipairs(redis.call('LPOP', followers_key(leader), 100) or {}) do
    local outcome = { status = ended[1], result = ended[2] or '', error = ended[3] or '', shared = true }
    local ended_now, hook = end_other(id, now, outcome, ttl)
    if ended_now then
      inherit(id, leader)
      redis.call('HSET', job_key(id), 'seq', ended[4])
      redis.call('EXPIRE', events_key(id), ttl.result)
      ring_end(id)
      if hook then tell_webhook(id, hook, ended[1], now) end
    end
  end
  local left = redis.call('LLEN', followers_key(leader))
  if left == 0 then redis.call('SREM', LEADERS, leader) end
  return left
end
