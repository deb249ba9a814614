-- Whether the append-only file is to be rewritten now: something was erased since the last time, the erasures have come to a
-- rest or went on for long enough, and no rewrite was begun lately. named: rest_ms, patience_ms, hold_ms -> kind: none, or
-- rewrite with last (the time of the last erasure that it will leave out)
-- @include ../redis
local asked, now = cjson.decode(ARGV[1]), clock()
local owed = fields_of(rewrite_owed_key, 'since', 'last')
if not owed.last then return '{"kind":"none"}' end
if now - owed.last < asked.rest_ms and now - owed.since < asked.patience_ms then return '{"kind":"none"}' end
if not redis.call('SET', rewrite_held_key, now, 'PX', asked.hold_ms, 'NX') then return '{"kind":"none"}' end
return cjson.encode({ kind = 'rewrite', last = owed.last })
