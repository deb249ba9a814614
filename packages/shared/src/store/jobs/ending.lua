-- How a job ends: once, in one state; the text goes, the rest expires, those who listen are notified. Whatever script ends
-- jobs calls `write_ends` when it has ended all of its own.
-- @include ../line/line
-- @include log
-- @include ../deliveries/outbox
-- @include ../accounts/accounts
-- @include ../accounts/stored

-- The call of a run that is stopped may still be billed. The digits are those of the same number in JavaScript.
local function not_final(packed)
  if not packed then return '{"input_tokens":0,"output_tokens":0,"cost_usd":0,"final":false}' end
  local usage = cjson.decode(packed)
  local cost = type(usage.cost_usd) == 'number' and string.format('%.17g', usage.cost_usd) or 'null'
  return string.format('{"input_tokens":%.0f,"output_tokens":%.0f,"cost_usd":%s,"final":false}', usage.input_tokens, usage.output_tokens, cost)
end

local mean_service

local function note_service(took)
  mean_service = mean_service or tonumber(redis.call('HGET', counts_key, 'service_ms') or took)
  mean_service = math.floor(mean_service * 0.9 + took * 0.1)
end

-- ttl: { result, text, tomb } in seconds.
-- outcome: status, result, kept (cards in the result), usage, error, cache; from, draft, cards (those of a job that fails);
-- run and tenant: whose the job must be, where that is asked;
-- shared: a follower ends with its leader, and its log is not its own. Then the second answer is its webhook, which its
-- caller notifies once the end has its number.
-- -> its tenant, or false when it had ended or is another's
local function end_job(id, now, outcome, ttl)
  local key = job_key(id)
  local job = fields_of(key, 'status', 'tenant', 'created', 'started', 'flight', 'key', 'leader', 'cards', 'usage', 'hook',
    'held', 'seq', 'run')
  if not job.status or not is_open(job.status) then return false end
  if outcome.run and tonumber(job.run) ~= outcome.run then return false end
  if outcome.tenant and job.tenant ~= outcome.tenant then return false end
  if job.status == 'running' and (outcome.cards or '') ~= '' then
    add_cards(id, outcome.from, outcome.draft, outcome.cards)
    local added = fields_of(key, 'cards', 'seq')
    job.cards, job.seq = added.cards, added.seq
  end
  local flight = job.flight or job.key
  -- A follower that does not end with its leader keeps the events that both had so far.
  local leader = not outcome.shared and job.status == 'queued' and job.leader and leader_of(job.leader, flight)
  if leader then
    inherit(id, leader)
    job.cards, job.seq = redis.call('HGET', key, 'cards') or nil, redis.call('LLEN', events_key(id)) + 1
  end
  local usage = outcome.usage
  if job.status == 'running' and outcome.status == 'canceled' then usage = not_final(job.usage) end
  local record = { 'status', outcome.status, 'finished', now }
  local function field(name, value)
    if not value then return end
    record[#record + 1] = name
    record[#record + 1] = value
  end
  field('result', outcome.result)
  if outcome.result then note_stored(job.tenant, #outcome.result, ttl.result) end
  field('kept', outcome.result and outcome.kept)
  field('usage', usage)
  field('error', outcome.error)
  field('cache', outcome.cache)
  if not outcome.shared then
    field('seq', close_log(id, tonumber(job.seq), outcome.kept, tonumber(job.cards or 0), ttl.result))
  end
  redis.call('HSET', key, unpack(record))
  redis.call('EXPIRE', key, ttl.result)
  if outcome.status == 'failed' and ttl.text > 0 then
    redis.call('EXPIRE', text_key(id), ttl.text)
  else
    redis.call('DEL', text_key(id))
  end
  redis.call('SET', tombstone_key(id), outcome.status .. ' ' .. job.tenant .. ' ' .. job.created .. ' ' .. now, 'EX', ttl.tomb)
  redis.call('ZREM', fed_key, id)
  if job.status == 'queued' then leave_waiting(job.tenant, id) end
  if job.leader then redis.call('ZREM', follower_deadlines_key, id) end
  if flight and redis.call('HGET', in_flight_key, flight) == id then redis.call('HDEL', in_flight_key, flight) end
  if outcome.status == 'completed' and job.started then note_service(now - job.started) end
  close_account(job.tenant, now, {
    id = id, held = job.held, started = job.started and not outcome.shared, usage = usage or job.usage,
    reported = job.status == 'queued' or usage ~= nil, cards = outcome.kept, hit = outcome.cache == 'hit',
  })
  if outcome.shared then return job.tenant, job.hook end
  notify_end(id)
  if job.hook then notify_webhook(id, job.hook, outcome.status, now) end
  return job.tenant
end

-- What the ends of this script add up to, and the message about them.
local function write_ends(now)
  if mean_service then redis.call('HSET', counts_key, 'service_ms', mean_service) end
  write_uses(now)
  write_stored(now)
  publish_all()
end

-- Jobs that ended beside the one that the caller asked for, for its log.
local ended = {}
local function end_other(id, now, outcome, ttl)
  local tenant, hook = end_job(id, now, outcome, ttl)
  if not tenant then return false end
  ended[#ended + 1] = { id = id, tenant = tenant, status = outcome.status, error = outcome.error }
  return tenant, hook
end

local DEADLINE_EXCEEDED = '{"code":"deadline_exceeded","message":"The job did not end before its deadline.","retryable":true}'

-- The oldest follower that still lives makes the deck in place of a leader that ended without one.
local function promote(leader)
  while true do
    local id = redis.call('LPOP', followers_key(leader))
    if not id then break end
    local job = fields_of(job_key(id), 'status', 'tenant', 'class', 'created', 'flight', 'key')
    if job.status == 'queued' then
      redis.call('HDEL', job_key(id), 'leader', 'cache')
      redis.call('ZREM', follower_deadlines_key, id)
      inherit(id, leader)
      redis.call('HDEL', job_key(id), 'started')
      add_events(id, 's:queued')
      redis.call('HSET', in_flight_key, job.flight or job.key, id)
      enter_waiting(job.tenant, id, tonumber(job.class or 1), tonumber(job.created))
      if redis.call('EXISTS', followers_key(leader)) == 1 then
        redis.call('RENAME', followers_key(leader), followers_key(id))
        redis.call('SADD', leaders_key, id)
      end
      break
    end
  end
  redis.call('SREM', leaders_key, leader)
end

-- A deadline is the leader's own: a follower may have more time.
local function ends_followers(leader)
  if leader.status == 'completed' then return true end
  return leader.status == 'failed' and not (leader.error and cjson.decode(leader.error).code == 'deadline_exceeded')
end

-- Ends up to 100 followers of `leader`; `kept` is the number of cards in its result, where the caller knows it.
-- -> how many are left
local function end_followers(leader, now, ttl, kept)
  if redis.call('SISMEMBER', leaders_key, leader) == 0 then return 0 end
  local own = fields_of(job_key(leader), 'status', 'result', 'error', 'seq')
  if own.status and is_open(own.status) then return 0 end
  if not ends_followers(own) then
    promote(leader)
    return 0
  end
  if own.result and not kept then kept = cjson.decode(own.result).kept end
  for _, id in ipairs(redis.call('LPOP', followers_key(leader), 100) or {}) do
    local outcome = { status = own.status, result = own.result, kept = kept, error = own.error, shared = true }
    local tenant, hook = end_other(id, now, outcome, ttl)
    if tenant then
      inherit(id, leader)
      redis.call('HSET', job_key(id), 'seq', own.seq)
      redis.call('EXPIRE', events_key(id), ttl.result)
      notify_end(id)
      if hook then notify_webhook(id, hook, own.status, now) end
    end
  end
  local left = redis.call('LLEN', followers_key(leader))
  if left == 0 then redis.call('SREM', leaders_key, leader) end
  return left
end
