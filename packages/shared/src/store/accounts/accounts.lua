-- What tenants use. Days are those of UTC. Money is whole nano-dollars, so that sums are exact.
--   :account:TENANT       open (jobs), held_tokens, held_nano: what open jobs may still use, reserved; most_nano: the limit
--                         of money that was last in force
--   :usage:TENANT:DAY     jobs, cards, cache_hits, input_tokens, output_tokens, nano: what ended jobs used that day
--   :tenants:DAY          tenants; score: the nano-dollars and jobs that day, so that the largest can be found
--   :used:DAY             jobs, nano: of all tenants together
--   :near:POLICY:DAY      tenants that used or reserved half of a limit; score: the share, 1 or more once it did not suffice
-- A job of a tenant with limits has the field `held`: "tokens nano most_tokens_a_day most_nano_a_day" (0: no limit).
-- @include ../keys
local DAY_MS, USAGE_SECONDS, TWO_DAYS = 86400000, 32 * 86400, 2 * 86400
local function account_key(tenant) return P .. ':account:' .. tenant end
local function usage_key(tenant, now) return P .. ':usage:' .. tenant .. ':' .. math.floor(now / DAY_MS) end
local function tenants_key(day) return P .. ':tenants:' .. string.format('%d', day) end
local function used_key(day) return P .. ':used:' .. string.format('%d', day) end
local function near_key(policy, now) return P .. ':near:' .. policy .. ':' .. math.floor(now / DAY_MS) end
-- Lua prints a negative zero as "-0", which Redis takes for no integer.
local function whole(number)
  local text = string.format('%.0f', number)
  return text == '-0' and '0' or text
end
local function seconds_of_day_left(now) return math.ceil((DAY_MS - now % DAY_MS) / 1000) end

local function unpack_held(held)
  local tokens, nano, most_tokens, most_nano = string.match(held, '^(%d+) (%d+) (%d+) (%d+)$')
  return tonumber(tokens), tonumber(nano), tonumber(most_tokens), tonumber(most_nano)
end

-- Whoever is past half of a limit is noted with its share.
local function note_share(policy, tenant, now, used, most)
  if most == 0 then return end
  local key = near_key(policy, now)
  if used < most / 2 then
    redis.call('ZREM', key, tenant)
  elseif redis.call('ZADD', key, used / most, tenant) == 1 then
    redis.call('EXPIRE', key, TWO_DAYS)
  end
end

-- Whether a tenant may use so much more today. -> nil, or the policy in the way
local function over_budget(tenant, now, tokens, nano, most_tokens, most_nano)
  local used = redis.call('HMGET', usage_key(tenant, now), 'input_tokens', 'output_tokens', 'nano')
  local held = redis.call('HMGET', account_key(tenant), 'held_tokens', 'held_nano', 'most_nano')
  if tonumber(held[3] or 0) ~= most_nano then redis.call('HSET', account_key(tenant), 'most_nano', whole(most_nano)) end
  local all_tokens = (used[1] or 0) + (used[2] or 0) + (held[1] or 0) + tokens
  local all_nano = (used[3] or 0) + (held[2] or 0) + nano
  if most_tokens > 0 and all_tokens > most_tokens then
    note_share('tokens-day', tenant, now, all_tokens, most_tokens)
    return 'tokens-day'
  end
  if most_nano > 0 and all_nano > most_nano then
    note_share('cost-day', tenant, now, all_nano, most_nano)
    return 'cost-day'
  end
  note_share('tokens-day', tenant, now, all_tokens, most_tokens)
  note_share('cost-day', tenant, now, all_nano, most_nano)
end

local function hold(tenant, tokens, nano)
  if tokens ~= 0 then redis.call('HINCRBY', account_key(tenant), 'held_tokens', whole(tokens)) end
  if nano ~= 0 then redis.call('HINCRBY', account_key(tenant), 'held_nano', whole(nano)) end
end

-- The policies of a submit: "open_jobs tokens_a_day nano_a_day tokens_held nano_held". Holds what the job may use.
-- `free`: it will make no call of its own. -> the policy in the way and seconds until it may pass, or nil and the job's `held`
local function admit_to_account(tenant, now, policies, free)
  local open, most_tokens, most_nano, tokens, nano = string.match(policies, '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
  open, most_tokens, most_nano = tonumber(open), tonumber(most_tokens), tonumber(most_nano)
  tokens, nano = free and 0 or tonumber(tokens), free and 0 or tonumber(nano)
  if open > 0 and tonumber(redis.call('HGET', account_key(tenant), 'open') or 0) >= open then return 'jobs-open', 5 end
  if most_tokens + most_nano > 0 and tokens + nano > 0 then
    local over = over_budget(tenant, now, tokens, nano, most_tokens, most_nano)
    if over then return over, seconds_of_day_left(now) end
  end
  redis.call('HINCRBY', account_key(tenant), 'open', 1)
  hold(tenant, tokens, nano)
  return nil, 0, whole(tokens) .. ' ' .. whole(nano) .. ' ' .. whole(most_tokens) .. ' ' .. whole(most_nano)
end

-- What a job used counts for its tenant among all.
local function count_use(tenant, day, jobs, nano)
  redis.call('ZINCRBY', tenants_key(day), whole(jobs + nano), tenant)
  if jobs ~= 0 then redis.call('HINCRBY', used_key(day), 'jobs', jobs) end
  if nano ~= 0 then redis.call('HINCRBY', used_key(day), 'nano', whole(nano)) end
end

local function used_by(usage)
  local input = tonumber(string.match(usage, '"input_tokens":(%d+)') or 0)
  local output = tonumber(string.match(usage, '"output_tokens":(%d+)') or 0)
  local cost = tonumber(string.match(usage, '"cost_usd":([%d.eE+-]+)') or '')
  return input, output, math.ceil((cost or 0) * 1e9 - 1e-6), cost and string.find(usage, '"final":true', 1, true)
end

-- What the jobs that end in this script used, by tenant: written once, by `write_uses`.
local uses = {}

-- A job ended: frees what was held for it and adds what it used to `uses`. What is not known counts as all that was held:
-- `told` is whether the usage is the word of a run about its end, and not what was seen last of a run that went on.
local function close_account(tenant, now, job)
  local usage = job.usage or ''
  local input, output, nano, exact = used_by(usage)
  local known = not job.started or (job.told and exact)
  local use = uses[tenant] or { jobs = 0, cards = 0, hits = 0, input = 0, output = 0, nano = 0, most_tokens = 0, most_nano = 0 }
  uses[tenant] = use
  if job.held then
    local held_tokens, held_nano
    held_tokens, held_nano, use.most_tokens, use.most_nano = unpack_held(job.held)
    hold(tenant, -held_tokens, -held_nano)
    redis.call('HINCRBY', account_key(tenant), 'open', -1)
    if not known then
      output = math.max(output, held_tokens - input)
      nano = math.max(nano, held_nano)
      local charged = { whole(input), whole(output), whole(nano), math.floor(now / DAY_MS) }
      redis.call('HSET', job_key(job.id), 'charged', table.concat(charged, ' '))
    end
  end
  use.jobs, use.cards, use.hits = use.jobs + 1, use.cards + (job.cards or 0), use.hits + (job.hit and 1 or 0)
  use.input, use.output, use.nano = use.input + input, use.output + output, use.nano + nano
end

local function write_use(tenant, now, use)
  local key, day = usage_key(tenant, now), math.floor(now / DAY_MS)
  local used = redis.call('HMGET', key, 'jobs', 'cards', 'cache_hits', 'input_tokens', 'output_tokens', 'nano')
  redis.call('HSET', key,
    'jobs', (used[1] or 0) + use.jobs,
    'cards', (used[2] or 0) + use.cards,
    'cache_hits', (used[3] or 0) + use.hits,
    'input_tokens', whole((used[4] or 0) + use.input),
    'output_tokens', whole((used[5] or 0) + use.output),
    'nano', whole((used[6] or 0) + use.nano))
  count_use(tenant, day, use.jobs, use.nano)
  if not used[1] then
    redis.call('EXPIRE', key, USAGE_SECONDS)
    redis.call('EXPIRE', tenants_key(day), TWO_DAYS)
    redis.call('EXPIRE', used_key(day), TWO_DAYS)
  end
  if use.most_tokens + use.most_nano == 0 then return end
  local held = redis.call('HMGET', account_key(tenant), 'held_tokens', 'held_nano')
  local tokens = (used[4] or 0) + (used[5] or 0) + use.input + use.output + (held[1] or 0)
  note_share('tokens-day', tenant, now, tokens, use.most_tokens)
  note_share('cost-day', tenant, now, (used[6] or 0) + use.nano + (held[2] or 0), use.most_nano)
end

local function write_uses(now)
  for tenant, use in pairs(uses) do write_use(tenant, now, use) end
  uses = {}
end

-- The bill of a job that was charged with all that was held came after all: the rest is given back, in one write that
-- can fail only as a whole. What is told again after a failure is so counted once.
local function correct_account(id, usage)
  local job = redis.call('HMGET', job_key(id), 'tenant', 'charged')
  local input, output, nano, exact = used_by(usage)
  if not job[2] or not exact then return end
  local was_input, was_output, was_nano, day = string.match(job[2], '^(%d+) (%d+) (%d+) (%d+)$')
  local key = P .. ':usage:' .. job[1] .. ':' .. day
  local used = redis.call('HMGET', key, 'jobs', 'input_tokens', 'output_tokens', 'nano')
  if not used[1] then return end
  redis.call('HSET', key,
    'input_tokens', whole(used[2] + input - was_input),
    'output_tokens', whole(used[3] + output - was_output),
    'nano', whole(used[4] + nano - was_nano))
  redis.call('HDEL', job_key(id), 'charged')
  if redis.call('EXISTS', tenants_key(day)) == 1 then count_use(job[1], day, 0, nano - was_nano) end
end
