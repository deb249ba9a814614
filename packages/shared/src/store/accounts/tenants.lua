-- What the largest tenants used today, and how near tenants are to their limits. named: max (tenants), near_share
-- -> all { jobs, nano }, largest { { tenant, jobs, nano, held_nano, max_nano } }, policies { { policy, highest_share, near,
-- exhausted } }
-- @include accounts
local asked = cjson.decode(ARGV[1])
local now = clock()
local day = day_of(now)
local largest, policies = {}, {}
for _, tenant in ipairs(redis.call('ZREVRANGE', tenant_use_key(day), 0, asked.max - 1)) do
  local used = fields_of(usage_key(tenant, day), 'jobs', 'nano')
  local account = fields_of(account_key(tenant), 'held_nano', 'most_nano')
  largest[#largest + 1] = {
    tenant = tenant, jobs = used.jobs or 0, nano = used.nano or 0, held_nano = account.held_nano or 0,
    max_nano = account.most_nano or 0,
  }
end
for _, policy in ipairs({ 'tokens-day', 'cost-day' }) do
  local key = near_limit_key(policy, day)
  policies[#policies + 1] = {
    policy = policy,
    highest_share = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2] or 0,
    near = redis.call('ZCOUNT', key, asked.near_share, '+inf'),
    exhausted = redis.call('ZCOUNT', key, 1, '+inf'),
  }
end
local all = fields_of(total_use_key(day), 'jobs', 'nano')
return cjson.encode({ all = { jobs = all.jobs or 0, nano = all.nano or 0 }, largest = largest, policies = policies })
