-- A job as its tenant sees it. named: id, tenant, summary (without its deck)
-- -> kind: found | gone | none; position, slots, service_ms (mean), now; behind them the fields of the record
-- @include ../line/line
-- @include view
local asked = cjson.decode(ARGV[1])
local fields, status, in_line = view(asked.id, asked.tenant, asked.summary)
if not fields then return cjson.encode({ kind = status }) end
local found = { kind = 'found', position = 0, slots = 0, service_ms = 0, now = 0 }
if is_open(status) then
  found.now, found.service_ms = clock(), tonumber(redis.call('HGET', counts_key, 'service_ms') or 0)
end
if status == 'queued' then found.position, found.slots = position(asked.tenant, in_line), capacity(found.now) end
return { cjson.encode(found), fields }
