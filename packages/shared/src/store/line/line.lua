-- The line. Each tenant has a waiting list and a fair share, a number. Of the tenants with waiting jobs the lowest is fed
-- next; each job that is fed moves its tenant STEP on. A newcomer enters right behind the job that was fed last, so it goes
-- before all that were just fed, however much they have waiting. Each newcomer moves that position by one. So newcomers are
-- fed in the order of their coming, and at most STEP of them can pass a tenant that waits.
-- @include ../redis
local STEP = 1000

-- Class first, then time: 0 interactive, 1 standard, 2 bulk. Exact in a double until the year 2286.
local function waiting_score(class, created) return class * 1e13 + created end

-- The slots of all workers.
local function capacity(now) return announced_slots(workers_key, now) end

local function enter_waiting(tenant, id, class, created)
  if redis.call('ZADD', waiting_key(tenant), waiting_score(class, created), id) == 0 then return end
  redis.call('HINCRBY', counts_key, 'waiting', 1)
  if redis.call('ZSCORE', fair_share_key, tenant) then return end
  local share, kept = redis.call('HINCRBY', counts_key, 'turn', 1), redis.call('ZSCORE', resting_tenants_key, tenant)
  redis.call('ZADD', fair_share_key, math.max(share, tonumber(kept or 0)), tenant)
end

-- A tenant without waiting jobs keeps its fair share for as long as it would have to wait for it: leaving gains nothing.
local function rest(tenant, share)
  redis.call('ZREM', fair_share_key, tenant)
  redis.call('ZREMRANGEBYSCORE', resting_tenants_key, '-inf', redis.call('HGET', counts_key, 'turn') or 0)
  redis.call('ZADD', resting_tenants_key, share, tenant)
end

local function leave_waiting(tenant, id)
  if redis.call('ZREM', waiting_key(tenant), id) == 0 then return end
  redis.call('HINCRBY', counts_key, 'waiting', -1)
  if redis.call('EXISTS', waiting_key(tenant)) == 0 then rest(tenant, redis.call('ZSCORE', fair_share_key, tenant) or 0) end
end

-- Takes the next jobs out of the line: those of one tenant until another is next, at most `max`.
-- -> their ids, none when a list was found empty, nil when nobody waits
local function next_in_line(max)
  local shares = redis.call('ZRANGE', fair_share_key, 0, 1, 'WITHSCORES')
  local tenant, share, other = shares[1], tonumber(shares[2]), tonumber(shares[4] or 'inf')
  if not tenant then return nil end
  local popped = redis.call('ZPOPMIN', waiting_key(tenant), math.min(max, math.max(1, math.ceil((other - share) / STEP))))
  local ids = {}
  for i = 1, #popped, 2 do ids[#ids + 1] = popped[i] end
  local last = share + math.max(0, #ids - 1) * STEP
  redis.call('HSET', counts_key, 'turn', last)
  if #ids > 0 then redis.call('HINCRBY', counts_key, 'waiting', -#ids) end
  if redis.call('EXISTS', waiting_key(tenant)) == 1 then
    redis.call('ZADD', fair_share_key, last + STEP, tenant)
  else
    rest(tenant, last + STEP)
  end
  return ids
end

-- How long the oldest of a tenant's waiting jobs has waited, in milliseconds.
local function oldest_wait(tenant, now)
  local oldest = 0
  for class = 0, 2 do
    local base = waiting_score(class, 0)
    local first = redis.call('ZRANGEBYSCORE', waiting_key(tenant), base, waiting_score(class + 1, 0) - 1, 'WITHSCORES', 'LIMIT', 0, 1)
    if first[2] then oldest = math.max(oldest, now - (first[2] - base)) end
  end
  return oldest
end

-- The number of a waiting job in the order in which jobs are fed, 1 for the next one; 0 for one that does not wait.
local MAX_TENANTS = 1000
local function position(tenant, id)
  local rank = redis.call('ZRANK', waiting_key(tenant), id)
  if not rank then return 0 end
  local mine, number = redis.call('ZSCORE', fair_share_key, tenant) + rank * STEP, rank + 1
  local shares = redis.call('ZRANGEBYSCORE', fair_share_key, '-inf', mine, 'WITHSCORES', 'LIMIT', 0, MAX_TENANTS)
  for i = 1, #shares, 2 do
    local other, rounds = shares[i], (mine - shares[i + 1]) / STEP
    if other ~= tenant then
      -- At the same fair share the name decides, as in the sorted set.
      local before = rounds == math.floor(rounds) and rounds + (other < tenant and 1 or 0) or math.ceil(rounds)
      number = number + math.min(redis.call('ZCARD', waiting_key(other)), before)
    end
  end
  return number
end
