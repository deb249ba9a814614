-- Keeps what a reader changed of a card, beside the deck itself, which jobs may share.
-- named: id, tenant, field, before (the edit that the reader saw, or ''), edit
-- -> kind: kept | stale (another change came first) | none (this tenant has no such deck); number (of the event it is)
-- @include ../jobs/log
local asked = cjson.decode(ARGV[1])
local key = job_key(asked.id)
local job = fields_of(key, 'tenant', 'status', asked.field)
if job.tenant ~= asked.tenant or job.status ~= 'completed' then return cjson.encode({ kind = 'none' }) end
if (job[asked.field] or '') ~= asked.before then return cjson.encode({ kind = 'stale' }) end
redis.call('HSET', key, asked.field, asked.edit)
add_events(asked.id)
return cjson.encode({ kind = 'kept', number = redis.call('HGET', key, 'seq') })
