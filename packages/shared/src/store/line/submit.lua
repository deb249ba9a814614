-- Takes jobs in, each all or nothing: repeats, limits, collapse, the record, its position in line. They are taken in order.
-- named: index_seconds, ttl
-- of each: id, tenant, wanted (cards), deadline_ms, class, cache_key, flight_key, request, body_hash, limit (submits a
-- minute), limit_subject, max_waiting, max_wait_ms (of the tenant's oldest job), max_stored (bytes of the tenant), kept
-- (cards in the result), epoch (of the result), retry_of, look (for a cached result), hook, policies, trace; behind them its
-- text and a result that is at the offsets of this text
-- -> of each: kind, status, policy, remaining, retry_after_s, position, now, slots, service_ms, leader_trace, epoch
-- kind: made | replayed | mismatch | gone | limited | refused (by `policy`) | overloaded | overdue | erasing | cached
--
-- After `cached` nothing was done. The caller brings the result behind it to the offsets of its text, and submits again.
-- A result of another epoch is no result: its job, or all of its tenant's, was erased.
-- @include ../jobs/ending
-- @include ../decks/cached
-- @include ../erasure/epochs
-- @include ../accounts/window
local context, now = cjson.decode(ARGV[1]), clock()
local waiting, service_ms, erasing = values_of(counts_key, 'waiting', 'service_ms', 'erasing')
local slots = capacity(now)
waiting, service_ms, erasing = tonumber(waiting or 0), service_ms or 0, tonumber(erasing or 0) > 0
local indexed = {}

local function answer(kind, more)
  return cjson.encode({
    kind = kind, now = now, slots = slots, service_ms = service_ms, status = more.status, policy = more.policy,
    remaining = more.remaining, retry_after_s = more.retry_after_s, position = more.position, leader_trace = more.leader_trace,
    epoch = more.epoch,
  })
end

local function repeated(job)
  local status, body = values_of(job_key(job.id), 'status', 'body')
  if status and body ~= job.body_hash then return answer('mismatch', {}) end
  if status then return answer('replayed', { status = status }) end
  if redis.call('EXISTS', tombstone_key(job.id)) == 1 then return answer('gone', {}) end
end

-- The fields of a new record; what is as usual is not written.
local function record_of(job, leader, held, epoch)
  local record = {
    'tenant', job.tenant, 'status', 'queued', 'created', now, 'wanted', job.wanted, 'deadline', now + job.deadline_ms, 'seq', 1,
  }
  local function field(name, value)
    if not value then return end
    record[#record + 1] = name
    record[#record + 1] = value
  end
  field('key', job.cache_key)
  field('epoch', epoch ~= 0 and epoch)
  field('flight', job.flight_key ~= job.cache_key and job.flight_key)
  field('class', job.class ~= 1 and job.class)
  field('request', job.request)
  field('body', job.body_hash)
  field('hook', job.hook)
  field('retry_of', job.retry_of)
  field('held', held)
  field('trace', job.trace)
  field('leader', leader)
  field('cache', leader and 'collapsed')
  return record
end

local function follow(job, leader, text)
  redis.call('SET', text_key(job.id), text)
  redis.call('RPUSH', followers_key(leader), job.id)
  redis.call('SADD', leaders_key, leader)
  redis.call('ZADD', follower_deadlines_key, now + job.deadline_ms, job.id)
  return job.trace and redis.call('HGET', job_key(leader), 'trace') or nil
end

local function admit(job, text, result)
  if erasing and redis.call('EXISTS', erasing_key(job.tenant)) == 1 then return answer('erasing', {}) end
  local known = job.body_hash and repeated(job)
  if known then return known end
  local epoch = job.cache_key and epoch_of(job.tenant, job.cache_key) or 0
  local stored = job.look and redis.call('GET', cache_key(job.cache_key))
  if stored then
    local stored_epoch, cached = without_epoch(stored)
    if stored_epoch == epoch then return { answer('cached', { epoch = epoch }), cached } end
  end
  local left, count_it
  if job.limit > 0 then
    local seconds
    left, seconds, count_it = window(job.limit, job.limit_subject, now)
    if left == 0 then return answer('limited', { remaining = 0, retry_after_s = seconds }) end
  end
  local is_new = result == '' or (job.epoch or 0) ~= epoch
  if is_new and waiting >= job.max_waiting then return answer('overloaded', {}) end
  if is_new and job.max_wait_ms and oldest_wait(job.tenant, now) > job.max_wait_ms then return answer('overdue', {}) end
  if job.max_stored and stored_by(job.tenant, now, context.ttl.result) >= job.max_stored then
    local seconds = seconds_of_slice_left(now, context.ttl.result)
    return answer('refused', { policy = 'stored-bytes', remaining = left, retry_after_s = seconds })
  end
  local leader = is_new and job.flight_key and redis.call('HGET', in_flight_key, job.flight_key)
  local held
  if is_new and job.policies then
    local policy, seconds
    policy, seconds, held = admit_to_account(job.tenant, now, job.policies, leader)
    if policy then return answer('refused', { policy = policy, remaining = left, retry_after_s = seconds }) end
  end
  if count_it then count_it() end

  redis.call('HSET', job_key(job.id), unpack(record_of(job, leader, held, epoch)))
  note_stored(job.tenant, #text, context.ttl.result)
  redis.call('ZADD', tenant_jobs_key(job.tenant), now, job.id)
  if not indexed[job.tenant] then redis.call('EXPIRE', tenant_jobs_key(job.tenant), context.index_seconds) end
  indexed[job.tenant] = true

  local made = { remaining = left and left - 1, status = 'queued', position = nil, leader_trace = nil }
  if not is_new then
    end_job(job.id, now, { status = 'completed', result = result, kept = job.kept, cache = 'hit' }, context.ttl)
    made.status = 'completed'
  elseif leader then
    made.status, made.leader_trace = 'collapsed', follow(job, leader, text)
  else
    redis.call('SET', text_key(job.id), text)
    if job.flight_key then redis.call('HSET', in_flight_key, job.flight_key, job.id) end
    enter_waiting(job.tenant, job.id, job.class, now)
    waiting = waiting + 1
    made.position = position(job.tenant, job.id)
  end
  return answer('made', made)
end

local answers = {}
for i = 2, #ARGV, 3 do answers[#answers + 1] = admit(cjson.decode(ARGV[i]), ARGV[i + 1], ARGV[i + 2]) end
write_ends(now)
return answers
