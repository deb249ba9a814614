-- A worker begins a run of a job: the fence. -> nil when there is nothing to run any more, else
-- { run, attempts, crashes, tenant, text, request, wanted, deadline, key, created, now, usage }
local id, now = ARGV[1], clock()
local key = job_key(id)
local job = redis.call('HMGET', key, 'status', 'tenant', 'request', 'wanted', 'deadline', 'key', 'created', 'attempts', 'crashes', 'usage')
local text = redis.call('GET', text_key(id))
if not job[1] or not is_open(job[1]) or not text then return nil end
local attempts, crashes = tonumber(job[8] or 0), tonumber(job[9] or 0)
-- Still running by the record: the worker that had it is gone, which is no attempt's fault.
if job[1] == 'running' then
  crashes = crashes + 1
  redis.call('HSET', key, 'crashes', crashes)
else
  attempts = attempts + 1
  redis.call('HSET', key, 'status', 'running', 'attempts', attempts)
end
redis.call('HSETNX', key, 'started', now)
redis.call('ZADD', FED, now, id)
leave_waiting(job[2], id)
local run = redis.call('HINCRBY', key, 'run', 1)
happened(id)
return { run, attempts, crashes, job[2], text, job[3] or '', job[4], job[5], job[6] or '', job[7], now, job[10] or '' }
