-- Ends a job; the first end wins. `run` is the worker's, or '' for the client's cancel and the sweep.
-- -> { 1 if this call ended it, followers left to settle }
local id, run, status, result, usage, error = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local ttl = { result = tonumber(ARGV[7]), text = tonumber(ARGV[8]), tomb = tonumber(ARGV[9]) }
local tenant, cache_key, cache_seconds = ARGV[10], ARGV[11], tonumber(ARGV[12])
local held = redis.call('HMGET', job_key(id), 'run', 'tenant')
if run ~= '' and held[1] ~= run then return { 0, 0 } end
if tenant ~= '' and held[2] ~= tenant then return { 0, 0 } end
local now = clock()
local won = end_job(id, now, { status = status, result = result, usage = usage, error = error }, ttl)
if won and cache_key ~= '' then redis.call('SET', cache_key_of(cache_key), result, 'EX', cache_seconds) end
if won and status == 'canceled' then redis.call('PUBLISH', CANCEL, id) end
return { won and 1 or 0, settle(id, now, ttl) }
