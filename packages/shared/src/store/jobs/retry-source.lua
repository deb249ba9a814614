-- What a failed job was asked for. -> { text, request, wanted, deadline after so many ms, class, cache key, hook },
-- or { 'none' }; { 'open' } when it did not fail; { 'gone' } when its text is gone
-- @include ../keys
local id, tenant = ARGV[1], ARGV[2]
local job = redis.call('HMGET', job_key(id), 'tenant', 'status', 'request', 'wanted', 'deadline', 'created', 'class', 'key', 'hook')
if not job[1] then
  local status, owner = string.match(redis.call('GET', tomb_key(id)) or '', '^(%S+) (%S+)')
  if owner ~= tenant or status == 'erased' then return { 'none' } end
  return { status == 'failed' and 'gone' or 'open' }
end
if job[1] ~= tenant then return { 'none' } end
if job[2] ~= 'failed' then return { 'open' } end
local text = redis.call('GET', text_key(id))
if not text then return { 'gone' } end
return { text, job[3] or '', job[4], tostring(job[5] - job[6]), job[7] or '1', job[8] or '', job[9] or '' }
