-- What the largest tenants used today, and how near tenants are to their limits. ARGV: how many tenants, and the shares
-- of a limit that are asked for
-- -> { { jobs, nano } of all, { { tenant, jobs, nano, held nano, most nano }, ... }, { { policy, highest share, tenants past each share }, ... } }
-- @include accounts
local now = clock()
local day = math.floor(now / DAY_MS)
local largest, policies = {}, {}
for _, tenant in ipairs(redis.call('ZREVRANGE', tenants_key(day), 0, tonumber(ARGV[1]) - 1)) do
  local used = redis.call('HMGET', usage_key(tenant, now), 'jobs', 'nano')
  local account = redis.call('HMGET', account_key(tenant), 'held_nano', 'most_nano')
  largest[#largest + 1] = { tenant, used[1] or '0', used[2] or '0', account[1] or '0', account[2] or '0' }
end
for _, policy in ipairs({ 'tokens-day', 'cost-day' }) do
  local key = near_key(policy, now)
  local first = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')
  local found = { policy, first[2] or '0' }
  for i = 2, #ARGV do found[#found + 1] = redis.call('ZCOUNT', key, ARGV[i], '+inf') end
  policies[#policies + 1] = found
end
local all = redis.call('HMGET', used_key(day), 'jobs', 'nano')
return { { all[1] or '0', all[2] or '0' }, largest, policies }
