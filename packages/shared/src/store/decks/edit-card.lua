-- Keeps what a reader changed of a card of a deck, beside the deck itself, which jobs may share. `before` is what was
-- kept of it when the change was made, or '': when that is not there any more the caller looks again.
-- -> the number of the event it is, 0 when another change came first, -1 when this tenant has no such deck (any more)
-- @include ../jobs/log
local id, tenant, field, before, edit = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local held = redis.call('HMGET', job_key(id), 'tenant', 'status', field)
if held[1] ~= tenant or held[2] ~= 'completed' then return -1 end
if (held[3] or '') ~= before then return 0 end
redis.call('HSET', job_key(id), field, edit)
happened(id)
return tonumber(redis.call('HGET', job_key(id), 'seq'))
