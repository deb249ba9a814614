-- Workers begin runs: each gets a number, which every later write carries (the fence).
-- of each: named: id -> kind: taken | none (nothing is to be run any more); run, attempts, recoveries, crashes, tenant,
-- request, wanted, deadline, cache_key, epoch (of that key), created, now, usage, draft, held, trace; behind them the text, and the cards kept so
-- far as JSON, one a line
-- @include ../line/line
-- @include log
local now = clock()

local function take(id)
  local key = job_key(id)
  local status, tenant, request, wanted, deadline, cache_key, created, usage, draft, held, trace = values_of(key,
    'status', 'tenant', 'request', 'wanted', 'deadline', 'key', 'created', 'usage', 'making', 'held', 'trace')
  local attempts, recoveries, crashes, run, started, cards, epoch = values_of(key,
    'attempts', 'recoveries', 'crashes', 'run', 'started', 'cards', 'epoch')
  local text = redis.call('GET', text_key(id))
  if not status or not is_open(status) or not text then return cjson.encode({ kind = 'none' }) end
  attempts, recoveries, run = tonumber(attempts or 0), tonumber(recoveries or 0), tonumber(run or 0) + 1
  -- Still running by the record: the worker that had it is gone, or could not write. That is no attempt, and nobody knows
  -- whose fault it was: the job is in quarantine.
  if status == 'running' then recoveries = recoveries + 1 else attempts = attempts + 1 end
  local last = redis.call('RPUSH', events_key(id), 's:running') + 1
  local record = { 'run', run, 'status', 'running', 'attempts', attempts, 'started', started or now, 'seq', last }
  if recoveries > 0 then
    record[#record + 1] = 'recoveries'
    record[#record + 1] = recoveries
  end
  redis.call('HSET', key, unpack(record))
  -- A job that was fed has left the waiting list.
  if redis.call('ZADD', fed_key, now, id) == 1 then leave_waiting(tenant, id) end
  notify(id)
  local kept = tonumber(cards or 0) > 0 and cards_of(id) or ''
  local taken = {
    kind = 'taken', run = run, attempts = attempts, recoveries = recoveries, crashes = crashes or 0, tenant = tenant,
    request = request or nil, wanted = wanted, deadline = deadline, cache_key = cache_key or nil, created = created,
    now = now, usage = usage or nil, draft = draft or nil, held = held or nil, trace = trace or nil,
    epoch = epoch or nil,
  }
  return { cjson.encode(taken), text, kept }
end

local taken = {}
for i = 2, #ARGV do taken[#taken + 1] = take(cjson.decode(ARGV[i]).id) end
publish_all()
return taken
