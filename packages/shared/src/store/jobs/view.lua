-- What a client may see of a job. A follower is seen as the job that makes its deck: its status, times, cards and numbers.
-- @include log

-- What is left of a job without a record, for a tenant. -> the status with which it ended, 'erased', or nil
local function tombstone_of(id, tenant)
  local status, owner = string.match(redis.call('GET', tombstone_key(id)) or '', '^(%S+) (%S+)')
  return owner == tenant and status or nil
end

-- What a list shows of a record: neither the deck nor the edits of its cards, which may be a megabyte.
local SUMMARY = {
  'tenant', 'status', 'created', 'started', 'finished', 'attempts', 'wanted', 'cards', 'kept', 'cache', 'retry_of', 'request',
  'trace', 'usage', 'error', 'seq', 'leader', 'flight', 'key',
}
local function summary_of(id)
  local values, fields = redis.call('HMGET', job_key(id), unpack(SUMMARY)), {}
  local function shown(name, value)
    if not value then return end
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
  for i, name in ipairs(SUMMARY) do shown(name, values[i]) end
  return fields
end

-- -> fields, status, the job whose position counts, the job whose log is read (nil: nothing is new)
-- or nil and 'gone' | 'none'
local function view(id, tenant, summary)
  local fields = summary and summary_of(id) or redis.call('HGETALL', job_key(id))
  if #fields == 0 then
    local ended = tombstone_of(id, tenant)
    return nil, (ended and ended ~= 'erased') and 'gone' or 'none'
  end
  local job = {}
  for i = 1, #fields, 2 do job[fields[i]] = fields[i + 1] end
  if job.tenant ~= tenant then return nil, 'none' end
  local leader = job.status == 'queued' and job.leader and leader_of(job.leader, job.flight or job.key)
  if not leader then return fields, job.status, id, id end

  local own = fields_of(job_key(leader), 'status', 'started', 'cards', 'seq')
  if not own.status then return fields, job.status, leader, nil end
  local open = is_open(own.status)
  local function shown(name, value)
    if not value then return end
    fields[#fields + 1] = name
    fields[#fields + 1] = tostring(value)
  end
  shown('leads', leader)
  -- Its leader ended and it will in a moment: the leader's last number is the end's.
  shown('status', open and own.status or 'running')
  shown('seq', open and own.seq or own.seq - 1)
  shown('started', own.started)
  shown('cards', own.cards)
  return fields, open and own.status or 'running', leader, open and leader or nil
end

-- Its status alone.
local function seen_status(id)
  local job = fields_of(job_key(id), 'status', 'leader', 'flight', 'key')
  local leader = job.status == 'queued' and job.leader and leader_of(job.leader, job.flight or job.key)
  if not leader then return job.status end
  local status = redis.call('HGET', job_key(leader), 'status')
  return status and (is_open(status) and status or 'running') or job.status
end
