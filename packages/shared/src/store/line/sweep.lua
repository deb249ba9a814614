-- Finds jobs that nothing will finish any more, and finishes or re-queues them. One sweep at a time in the fleet.
-- -> { requeued, { others that ended } } or nil when another sweep is at work
-- @include ../jobs/ending
local queue, grace_ms, ages_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[6])
local ttl = { result = tonumber(ARGV[3]), text = tonumber(ARGV[4]), tomb = tonumber(ARGV[5]) }
local SLICE = 1000
if not redis.call('SET', P .. ':sweeping', 1, 'NX', 'PX', 1000) then return nil end
local now = clock()
local requeued = 0
local function fail(id, error)
  end_other(id, now, { status = 'failed', error = error }, ttl)
  settle(id, now, ttl)
end

-- BullMQ tells there what became of each id; nobody reads it, and an erased job must leave nothing.
redis.call('XTRIM', P .. ':' .. queue .. ':events', 'MAXLEN', 0)
redis.call('ZREMRANGEBYSCORE', WORKERS, '-inf', now)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', FED, '-inf', now - grace_ms, 'LIMIT', 0, SLICE)) do
  local job = redis.call('HMGET', job_key(id), 'status', 'tenant', 'class', 'created', 'deadline')
  if not job[1] or not is_open(job[1]) then
    redis.call('ZREM', FED, id)
  elseif tonumber(job[5]) <= now then
    redis.call('PUBLISH', CANCEL, id)
    fail(id, LATE)
  elseif redis.call('EXISTS', P .. ':' .. queue .. ':' .. id) == 1 then
    -- BullMQ still has it: look again in a while, after the others.
    redis.call('ZADD', FED, now - grace_ms + 2000, id)
  else
    if job[1] == 'running' then redis.call('HINCRBY', job_key(id), 'recoveries', 1) end
    redis.call('ZREM', FED, id)
    redis.call('HSET', job_key(id), 'status', 'queued')
    enter_waiting(job[2], id, tonumber(job[3] or 1), tonumber(job[4]))
    happened(id)
    requeued = requeued + 1
  end
end

-- Deadlines of those who wait: a slice of each list a sweep, from where the last one stopped.
for _, tenant in ipairs(redis.call('ZRANGE', TURNS, 0, 99)) do
  local cursor = P .. ':swept:' .. tenant
  local from = tonumber(redis.call('GET', cursor) or 0)
  local slice = redis.call('ZRANGE', waiting_key(tenant), from, from + SLICE - 1)
  redis.call('SET', cursor, #slice < SLICE and 0 or from + SLICE, 'EX', 3600)
  for _, id in ipairs(slice) do
    local deadline = redis.call('HGET', job_key(id), 'deadline')
    if not deadline then
      leave_waiting(tenant, id)
    elseif tonumber(deadline) <= now then
      fail(id, LATE)
    end
  end
end

-- Deadlines of those who follow another.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, SLICE)) do
  redis.call('ZREM', DUE, id)
  fail(id, LATE)
end

-- A bulk job that has waited long enough stands among the standard ones, at its time.
for _, tenant in ipairs(redis.call('ZRANGE', TURNS, 0, -1)) do
  local aged = redis.call('ZRANGEBYSCORE', waiting_key(tenant), place(2, 0), place(2, now - ages_ms), 'WITHSCORES', 'LIMIT', 0, SLICE)
  for i = 1, #aged, 2 do redis.call('ZADD', waiting_key(tenant), place(1, aged[i + 1] - place(2, 0)), aged[i]) end
end

for _, leader in ipairs(redis.call('SRANDMEMBER', LEADERS, 100)) do settle(leader, now, ttl) end

-- The count of who waits is kept by hand for speed; here it is counted.
local waiting = 0
for _, tenant in ipairs(redis.call('ZRANGE', TURNS, 0, -1)) do waiting = waiting + redis.call('ZCARD', waiting_key(tenant)) end
redis.call('HSET', COUNTS, 'waiting', waiting)
write_ends(now)
return { requeued, others }
