-- The line. Each tenant has a waiting list, and tenants take turns: of those with waiting jobs the lowest turn goes first,
-- and each job that is fed moves its tenant STEP on. A newcomer enters right behind the job that was fed last, so it goes
-- before all who just had their turn, however much they have waiting. Each newcomer moves that place by one: they stand
-- in the order of their coming, and no more than STEP of them can pass a tenant that waits.
-- @include ../keys
local STEP = 1000

local function enter_waiting(tenant, id, class, created)
  if redis.call('ZADD', waiting_key(tenant), place(class, created), id) == 0 then return end
  redis.call('HINCRBY', COUNTS, 'waiting', 1)
  if redis.call('ZSCORE', TURNS, tenant) then return end
  local turn, rested = redis.call('HINCRBY', COUNTS, 'turn', 1), redis.call('ZSCORE', RESTED, tenant)
  redis.call('ZADD', TURNS, math.max(turn, tonumber(rested or 0)), tenant)
end

-- A tenant without waiting jobs keeps its place for as long as it would have to wait for it: leaving is no way forward.
local function rest(tenant, turn)
  redis.call('ZREM', TURNS, tenant)
  redis.call('ZREMRANGEBYSCORE', RESTED, '-inf', redis.call('HGET', COUNTS, 'turn') or 0)
  redis.call('ZADD', RESTED, turn, tenant)
end

local function leave_waiting(tenant, id)
  if redis.call('ZREM', waiting_key(tenant), id) == 0 then return end
  redis.call('HINCRBY', COUNTS, 'waiting', -1)
  if redis.call('EXISTS', waiting_key(tenant)) == 0 then rest(tenant, redis.call('ZSCORE', TURNS, tenant) or 0) end
end

-- Takes the jobs whose turn it is out of the line: those of one tenant until another's turn comes, at most `most`.
-- -> their ids, none when a list was found empty, nil when nobody waits
local function next_in_line(most)
  local turns = redis.call('ZRANGE', TURNS, 0, 1, 'WITHSCORES')
  local tenant, turn, other = turns[1], tonumber(turns[2]), tonumber(turns[4] or 'inf')
  if not tenant then return nil end
  local popped = redis.call('ZPOPMIN', waiting_key(tenant), math.min(most, math.max(1, math.ceil((other - turn) / STEP))))
  local ids = {}
  for i = 1, #popped, 2 do ids[#ids + 1] = popped[i] end
  local last = turn + math.max(0, #ids - 1) * STEP
  redis.call('HSET', COUNTS, 'turn', last)
  if #ids > 0 then redis.call('HINCRBY', COUNTS, 'waiting', -#ids) end
  if redis.call('EXISTS', waiting_key(tenant)) == 1 then
    redis.call('ZADD', TURNS, last + STEP, tenant)
  else
    rest(tenant, last + STEP)
  end
  return ids
end

-- The number of a waiting job in the order in which jobs are fed, 1 for the next one; 0 for one that does not wait.
local MOST_TENANTS = 1000
local function position(tenant, id)
  local rank = redis.call('ZRANK', waiting_key(tenant), id)
  if not rank then return 0 end
  local mine, number = redis.call('ZSCORE', TURNS, tenant) + rank * STEP, rank + 1
  local turns = redis.call('ZRANGEBYSCORE', TURNS, '-inf', mine, 'WITHSCORES', 'LIMIT', 0, MOST_TENANTS)
  for i = 1, #turns, 2 do
    local other, rounds = turns[i], (mine - turns[i + 1]) / STEP
    if other ~= tenant then
      -- At the same turn the name decides, as in the sorted set.
      local before = rounds == math.floor(rounds) and rounds + (other < tenant and 1 or 0) or math.ceil(rounds)
      number = number + math.min(redis.call('ZCARD', waiting_key(other)), before)
    end
  end
  return number
end
