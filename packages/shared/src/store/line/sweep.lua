-- Finds jobs that nothing will finish any more, and finishes or re-queues them. One sweep at a time in the fleet.
-- named: grace_ms, bulk_ages_ms, ttl -> requeued, ended (jobs that it ended); nil when another sweep is at work
-- @include ../jobs/ending
local asked = cjson.decode(ARGV[1])
local SLICE = 1000
if not redis.call('SET', sweeping_key, 1, 'NX', 'PX', 1000) then return nil end
local now = clock()
local requeued = 0
local function fail(id)
  end_other(id, now, { status = 'failed', error = DEADLINE_EXCEEDED }, asked.ttl)
  end_followers(id, now, asked.ttl)
end

-- BullMQ writes there what became of each id; nobody reads it, and an erased job must leave nothing.
redis.call('XTRIM', generate_events_key, 'MAXLEN', 0)
redis.call('ZREMRANGEBYSCORE', workers_key, '-inf', now)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', fed_key, '-inf', now - asked.grace_ms, 'LIMIT', 0, SLICE)) do
  local job = fields_of(job_key(id), 'status', 'tenant', 'class', 'created', 'deadline')
  if not job.status or not is_open(job.status) then
    redis.call('ZREM', fed_key, id)
  elseif tonumber(job.deadline) <= now then
    redis.call('PUBLISH', cancel_channel, id)
    fail(id)
  elseif redis.call('EXISTS', generate_job_key(id)) == 1 then
    -- BullMQ still has it: look again in a while, after the others.
    redis.call('ZADD', fed_key, now - asked.grace_ms + 2000, id)
  else
    if job.status == 'running' then redis.call('HINCRBY', job_key(id), 'recoveries', 1) end
    redis.call('ZREM', fed_key, id)
    redis.call('HSET', job_key(id), 'status', 'queued')
    enter_waiting(job.tenant, id, tonumber(job.class or 1), tonumber(job.created))
    add_events(id)
    requeued = requeued + 1
  end
end

-- Deadlines of those who wait: a slice of each list a sweep, from where the last one stopped.
for _, tenant in ipairs(redis.call('ZRANGE', fair_share_key, 0, 99)) do
  local cursor = sweep_cursor_key(tenant)
  local from = tonumber(redis.call('GET', cursor) or 0)
  local slice = redis.call('ZRANGE', waiting_key(tenant), from, from + SLICE - 1)
  redis.call('SET', cursor, #slice < SLICE and 0 or from + SLICE, 'EX', 3600)
  for _, id in ipairs(slice) do
    local deadline = redis.call('HGET', job_key(id), 'deadline')
    if not deadline then
      leave_waiting(tenant, id)
    elseif tonumber(deadline) <= now then
      fail(id)
    end
  end
end

-- Deadlines of those who follow another.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', follower_deadlines_key, '-inf', now, 'LIMIT', 0, SLICE)) do
  redis.call('ZREM', follower_deadlines_key, id)
  fail(id)
end

-- A bulk job that has waited long enough is moved among the standard ones, at its time.
local BULK = waiting_score(2, 0)
for _, tenant in ipairs(redis.call('ZRANGE', fair_share_key, 0, -1)) do
  local waiting = waiting_key(tenant)
  local aged = redis.call('ZRANGEBYSCORE', waiting, BULK, BULK + now - asked.bulk_ages_ms, 'WITHSCORES', 'LIMIT', 0, SLICE)
  for i = 1, #aged, 2 do redis.call('ZADD', waiting, waiting_score(1, aged[i + 1] - BULK), aged[i]) end
end

for _, leader in ipairs(redis.call('SRANDMEMBER', leaders_key, 100)) do end_followers(leader, now, asked.ttl) end

-- The number of waiting jobs is kept by each step for speed; here it is counted.
local waiting = 0
for _, tenant in ipairs(redis.call('ZRANGE', fair_share_key, 0, -1)) do waiting = waiting + redis.call('ZCARD', waiting_key(tenant)) end
redis.call('HSET', counts_key, 'waiting', waiting)
write_ends(now)
return cjson.encode({ requeued = requeued, ended = ended })
