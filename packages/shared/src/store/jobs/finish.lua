-- Ends jobs; the first end of each wins. `run` is the worker's, or '' for the client's cancel and the sweep.
-- -> for each { 1 if this call ended it, followers left to settle, tenant, { others that ended } }
-- @include ending
local ttl = { result = tonumber(ARGV[1]), text = tonumber(ARGV[2]), tomb = tonumber(ARGV[3]) }
local cache_seconds, now = tonumber(ARGV[4]), clock()

local function finish(id, run, status, result, usage, error, tenant, cache_key, added)
  local won = end_job(id, now, {
    status = status, result = result, usage = usage, error = error, run = run, tenant = tenant, added = added,
  }, ttl)
  if won and cache_key ~= '' then redis.call('SET', cache_key_of(cache_key), result, 'EX', cache_seconds) end
  if won and status == 'canceled' then redis.call('PUBLISH', CANCEL, id) end
  others = {}
  return { won and 1 or 0, settle(id, now, ttl), won or '', others }
end

local WIDTH, ended = 9, {}
for i = 5, #ARGV, WIDTH do ended[#ended + 1] = finish(unpack(ARGV, i, i + WIDTH - 1)) end
write_ends(now)
return ended
