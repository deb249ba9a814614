-- A worker begins a run of each of the jobs in ARGV: the fence. -> for each '' when there is nothing to run any more, else
-- { run, attempts, recoveries, crashes, tenant, text, request, wanted, deadline, key, created, now, usage,
-- deck in the making, cards kept so far: one a line, what is held for it, traceparent }
-- @include ../line/line
-- @include log
local now = clock()

local function take(id)
  local key = job_key(id)
  local job = redis.call('HMGET', key, 'status', 'tenant', 'request', 'wanted', 'deadline', 'key', 'created', 'attempts', 'crashes', 'usage', 'run', 'started', 'cards', 'making', 'held', 'recoveries', 'trace')
  local text = redis.call('GET', text_key(id))
  if not job[1] or not is_open(job[1]) or not text then return '' end
  local attempts, recoveries, run = tonumber(job[8] or 0), tonumber(job[16] or 0), tonumber(job[11] or 0) + 1
  -- Still running by the record: the worker that had it is gone, or could not tell. That is no attempt, and nobody knows
  -- whose fault it was: the job is a suspect.
  if job[1] == 'running' then recoveries = recoveries + 1 else attempts = attempts + 1 end
  local last = redis.call('RPUSH', events_key(id), 's:running') + 1
  local record = { 'run', run, 'status', 'running', 'attempts', attempts, 'started', job[12] or now, 'seq', last }
  if recoveries > 0 then
    record[#record + 1] = 'recoveries'
    record[#record + 1] = recoveries
  end
  redis.call('HSET', key, unpack(record))
  -- Whoever was fed has left the waiting list.
  if redis.call('ZADD', FED, now, id) == 1 then leave_waiting(job[2], id) end
  ring(id)
  local kept = tonumber(job[13] or 0) > 0 and cards_of(id) or ''
  return { run, attempts, recoveries, tonumber(job[9] or 0), job[2], text, job[3] or '', job[4], job[5], job[6] or '', job[7], now, job[10] or '', job[14] or '', kept, job[15] or '', job[17] or '' }
end

local taken = {}
for i, id in ipairs(ARGV) do taken[i] = take(id) end
ring_all()
return taken
