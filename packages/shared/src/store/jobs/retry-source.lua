-- What a failed job was asked for. named: id, tenant
-- -> kind: found | none | open (it did not fail) | gone (its text is gone); request, wanted, deadline_ms, class,
-- cache_key, hook; behind them the text
-- @include view
local asked = cjson.decode(ARGV[1])
local function without(kind) return cjson.encode({ kind = kind }) end
local job = fields_of(job_key(asked.id), 'tenant', 'status', 'request', 'wanted', 'deadline', 'created', 'class', 'key', 'hook')
if not job.status then
  local ended = tombstone_of(asked.id, asked.tenant)
  if not ended or ended == 'erased' then return without('none') end
  return without(ended == 'failed' and 'gone' or 'open')
end
if job.tenant ~= asked.tenant then return without('none') end
if job.status ~= 'failed' then return without('open') end
local text = redis.call('GET', text_key(asked.id))
if not text then return without('gone') end
local found = {
  kind = 'found', request = job.request, wanted = job.wanted, deadline_ms = job.deadline - job.created,
  class = job.class, cache_key = job.key, hook = job.hook,
}
return { cjson.encode(found), text }
