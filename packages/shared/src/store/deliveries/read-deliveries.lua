-- The webhook log of a job. named: id, tenant
-- -> kind: found | empty (it has none, or not yet) | gone | none; event, status, url, state, reason, at, due (absent: no
-- attempt is due), kept_ms (-1: for ever), now; behind them its attempts
-- @include outbox
-- @include ../jobs/view
local asked = cjson.decode(ARGV[1])
local function without(kind) return cjson.encode({ kind = kind }) end
local found = fields_of(delivery_key(asked.id), 'tenant', 'event', 'status', 'url', 'state', 'reason', 'at')
if found.tenant == asked.tenant then
  found.kind, found.now = 'found', clock()
  found.due, found.kept_ms = redis.call('ZSCORE', backlog_key, asked.id) or nil, redis.call('PTTL', delivery_key(asked.id))
  return { cjson.encode(found), redis.call('LRANGE', attempts_key(asked.id), 0, -1) }
end
if redis.call('HGET', job_key(asked.id), 'tenant') == asked.tenant then return without('empty') end
local ended = tombstone_of(asked.id, asked.tenant)
return without((ended and ended ~= 'erased') and 'gone' or 'none')
