-- What tenants use. Days are those of UTC. Money is whole nano-dollars, so that sums are exact.
--   account     open: jobs; held_tokens, held_nano: reserved for open jobs; most_nano: the limit of money last in force
--   usage       jobs, cards, cache_hits, input_tokens, output_tokens, nano: what ended jobs used that day
--   tenant use  tenants; score: the nano-dollars and jobs that day
--   total use   jobs, nano: of all tenants together
--   near limit  tenants that used or reserved half of a limit; score: the share, 1 or more once it did not suffice
--
-- A job of a tenant with limits has the field `held`: "tokens nano max_tokens_a_day max_nano_a_day" (0: no limit).
-- @include ../redis
local DAY_MS, USAGE_SECONDS, TWO_DAYS = 86400000, 32 * 86400, 2 * 86400
local function day_of(now) return string.format('%d', math.floor(now / DAY_MS)) end
-- Lua prints a negative zero as "-0", which Redis takes for no integer.
local function whole(number)
  local text = string.format('%.0f', number)
  return text == '-0' and '0' or text
end
local function seconds_of_day_left(now) return math.ceil((DAY_MS - now % DAY_MS) / 1000) end

local function unpack_held(held)
  local tokens, nano, max_tokens, max_nano = string.match(held, '^(%d+) (%d+) (%d+) (%d+)$')
  return tonumber(tokens), tonumber(nano), tonumber(max_tokens), tonumber(max_nano)
end

-- Notes a tenant that is past half of a limit, with its share.
local function note_share(policy, tenant, now, used, max)
  if max == 0 then return end
  local key = near_limit_key(policy, day_of(now))
  if used < max / 2 then
    redis.call('ZREM', key, tenant)
  elseif redis.call('ZADD', key, used / max, tenant) == 1 then
    redis.call('EXPIRE', key, TWO_DAYS)
  end
end

-- Whether a tenant may use so much more today. -> nil, or the policy in the way
local function over_budget(tenant, now, tokens, nano, max_tokens, max_nano)
  local used = redis.call('HMGET', usage_key(tenant, day_of(now)), 'input_tokens', 'output_tokens', 'nano')
  local held = redis.call('HMGET', account_key(tenant), 'held_tokens', 'held_nano', 'most_nano')
  if tonumber(held[3] or 0) ~= max_nano then redis.call('HSET', account_key(tenant), 'most_nano', whole(max_nano)) end
  local all_tokens = (used[1] or 0) + (used[2] or 0) + (held[1] or 0) + tokens
  local all_nano = (used[3] or 0) + (held[2] or 0) + nano
  if max_tokens > 0 and all_tokens > max_tokens then
    note_share('tokens-day', tenant, now, all_tokens, max_tokens)
    return 'tokens-day'
  end
  if max_nano > 0 and all_nano > max_nano then
    note_share('cost-day', tenant, now, all_nano, max_nano)
    return 'cost-day'
  end
  note_share('tokens-day', tenant, now, all_tokens, max_tokens)
  note_share('cost-day', tenant, now, all_nano, max_nano)
end

local function hold(tenant, tokens, nano)
  if tokens ~= 0 then redis.call('HINCRBY', account_key(tenant), 'held_tokens', whole(tokens)) end
  if nano ~= 0 then redis.call('HINCRBY', account_key(tenant), 'held_nano', whole(nano)) end
end

-- policies of a submit: open_jobs, max_tokens, max_nano (a day; 0: no limit); tokens, nano (what the job may use, which is
-- held). `free`: it will make no call of its own.
-- -> the policy in the way and seconds until it may pass, or nil and the job's `held`
local function admit_to_account(tenant, now, policies, free)
  local tokens, nano = free and 0 or policies.tokens, free and 0 or policies.nano
  local max_tokens, max_nano = policies.max_tokens, policies.max_nano
  local open = tonumber(redis.call('HGET', account_key(tenant), 'open') or 0)
  if policies.open_jobs > 0 and open >= policies.open_jobs then return 'jobs-open', 5 end
  if max_tokens + max_nano > 0 and tokens + nano > 0 then
    local over = over_budget(tenant, now, tokens, nano, max_tokens, max_nano)
    if over then return over, seconds_of_day_left(now) end
  end
  redis.call('HINCRBY', account_key(tenant), 'open', 1)
  hold(tenant, tokens, nano)
  return nil, 0, whole(tokens) .. ' ' .. whole(nano) .. ' ' .. whole(max_tokens) .. ' ' .. whole(max_nano)
end

-- What a job used counts for its tenant among all.
local function count_use(tenant, day, jobs, nano)
  redis.call('ZINCRBY', tenant_use_key(day), whole(jobs + nano), tenant)
  if jobs ~= 0 then redis.call('HINCRBY', total_use_key(day), 'jobs', jobs) end
  if nano ~= 0 then redis.call('HINCRBY', total_use_key(day), 'nano', whole(nano)) end
end

-- -> input tokens, output tokens, nano-dollars, whether that is all and known
local function used_by(packed)
  if not packed then return 0, 0, 0, false end
  local usage = cjson.decode(packed)
  local cost = type(usage.cost_usd) == 'number' and usage.cost_usd
  return usage.input_tokens, usage.output_tokens, math.ceil((cost or 0) * 1e9 - 1e-6), cost and usage.final
end

-- What the jobs that end in this script used, by tenant: written once, by `write_uses`.
local uses = {}

-- A job ended: frees what was held for it and adds what it used to `uses`. What is not known counts as all that was held:
-- `reported` is whether a run reported the usage with its end; otherwise it is what was seen last of a run that continued.
local function close_account(tenant, now, job)
  local input, output, nano, exact = used_by(job.usage)
  local known = not job.started or (job.reported and exact)
  local use = uses[tenant] or { jobs = 0, cards = 0, hits = 0, input = 0, output = 0, nano = 0, max_tokens = 0, max_nano = 0 }
  uses[tenant] = use
  if job.held then
    local held_tokens, held_nano
    held_tokens, held_nano, use.max_tokens, use.max_nano = unpack_held(job.held)
    hold(tenant, -held_tokens, -held_nano)
    redis.call('HINCRBY', account_key(tenant), 'open', -1)
    if not known then
      output = math.max(output, held_tokens - input)
      nano = math.max(nano, held_nano)
      local charged = { whole(input), whole(output), whole(nano), day_of(now) }
      redis.call('HSET', job_key(job.id), 'charged', table.concat(charged, ' '))
    end
  end
  use.jobs, use.cards, use.hits = use.jobs + 1, use.cards + (job.cards or 0), use.hits + (job.hit and 1 or 0)
  use.input, use.output, use.nano = use.input + input, use.output + output, use.nano + nano
end

local function write_use(tenant, now, use)
  local day = day_of(now)
  local key = usage_key(tenant, day)
  local used = fields_of(key, 'jobs', 'cards', 'cache_hits', 'input_tokens', 'output_tokens', 'nano')
  redis.call('HSET', key,
    'jobs', (used.jobs or 0) + use.jobs,
    'cards', (used.cards or 0) + use.cards,
    'cache_hits', (used.cache_hits or 0) + use.hits,
    'input_tokens', whole((used.input_tokens or 0) + use.input),
    'output_tokens', whole((used.output_tokens or 0) + use.output),
    'nano', whole((used.nano or 0) + use.nano))
  count_use(tenant, day, use.jobs, use.nano)
  if not used.jobs then
    redis.call('EXPIRE', key, USAGE_SECONDS)
    redis.call('EXPIRE', tenant_use_key(day), TWO_DAYS)
    redis.call('EXPIRE', total_use_key(day), TWO_DAYS)
  end
  if use.max_tokens + use.max_nano == 0 then return end
  local held = redis.call('HMGET', account_key(tenant), 'held_tokens', 'held_nano')
  local tokens = (used.input_tokens or 0) + (used.output_tokens or 0) + use.input + use.output + (held[1] or 0)
  note_share('tokens-day', tenant, now, tokens, use.max_tokens)
  note_share('cost-day', tenant, now, (used.nano or 0) + use.nano + (held[2] or 0), use.max_nano)
end

local function write_uses(now)
  for tenant, use in pairs(uses) do write_use(tenant, now, use) end
  uses = {}
end

-- The cost of a job that was charged with all that was held is known after all: the rest is given back, in one write
-- that can fail only as a whole. So a caller that repeats the correction after a failure corrects once.
local function correct_account(id, usage)
  local job = redis.call('HMGET', job_key(id), 'tenant', 'charged')
  local input, output, nano, exact = used_by(usage)
  if not job[2] or not exact then return end
  local was_input, was_output, was_nano, day = string.match(job[2], '^(%d+) (%d+) (%d+) (%d+)$')
  local key = usage_key(job[1], day)
  local used = redis.call('HMGET', key, 'jobs', 'input_tokens', 'output_tokens', 'nano')
  if not used[1] then return end
  redis.call('HSET', key,
    'input_tokens', whole(used[2] + input - was_input),
    'output_tokens', whole(used[3] + output - was_output),
    'nano', whole(used[4] + nano - was_nano))
  redis.call('HDEL', job_key(id), 'charged')
  if redis.call('EXISTS', tenant_use_key(day)) == 1 then count_use(job[1], day, 0, nano - was_nano) end
end
