-- What a client may see of a job. A follower is seen as the job that makes its deck: its status, times, cards and numbers.
-- -> fields, status, the job whose place in line counts, the job whose log is read (nil: nothing is new)
-- or nil and 'gone' | 'none'
-- @include log
local function view(id, tenant)
  local fields = redis.call('HGETALL', job_key(id))
  if #fields == 0 then
    local status, owner = string.match(redis.call('GET', tomb_key(id)) or '', '^(%S+) (%S+)')
    return nil, (owner == tenant and status ~= 'erased') and 'gone' or 'none'
  end
  local is = {}
  for i = 1, #fields, 2 do is[fields[i]] = fields[i + 1] end
  if is.tenant ~= tenant then return nil, 'none' end
  local leader = is.status == 'queued' and is.leader and leader_of(is.leader, is.flight or is.key)
  if not leader then return fields, is.status, id, id end

  local own = redis.call('HMGET', job_key(leader), 'status', 'started', 'cards', 'seq')
  if not own[1] then return fields, is.status, leader, nil end
  local open = is_open(own[1])
  local function shown(name, value)
    if not value then return end
    fields[#fields + 1] = name
    fields[#fields + 1] = tostring(value)
  end
  shown('leads', leader)
  -- Its leader ended and it will in a moment: the leader's last number is the end's.
  shown('status', open and own[1] or 'running')
  shown('seq', open and own[4] or own[4] - 1)
  shown('started', own[2])
  shown('cards', own[3])
  return fields, open and own[1] or 'running', leader, open and leader or nil
end

-- Its status alone.
local function seen_status(id)
  local job = redis.call('HMGET', job_key(id), 'status', 'leader', 'flight', 'key')
  local leader = job[1] == 'queued' and job[2] and leader_of(job[2], job[3] or job[4])
  if not leader then return job[1] end
  local status = redis.call('HGET', job_key(leader), 'status')
  return status and (is_open(status) and status or 'running') or job[1]
end
