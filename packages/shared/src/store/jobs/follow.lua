-- The events of a job after a number; of a completed job the whole log, whose cards are short.
-- named: id, tenant, after, max (entries)
-- -> kind: found | gone | none; first (index of the first entry), length (of the log); behind them the fields of the
-- record and the entries
-- @include view
local asked = cjson.decode(ARGV[1])
local fields, status, _, source = view(asked.id, asked.tenant)
if not fields then return cjson.encode({ kind = status }) end
if not source then return { cjson.encode({ kind = 'found', first = 0, length = 0 }), fields, {} } end
local first = math.max(asked.after - 1, 0)
local last = first + asked.max - 1
if status == 'completed' then first, last = 0, -1 end
local log = events_key(source)
local found = { kind = 'found', first = first, length = redis.call('LLEN', log) }
return { cjson.encode(found), fields, redis.call('LRANGE', log, first, last) }
