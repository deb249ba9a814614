-- Keeps what a reader changed of a card of a deck, beside the deck itself, which jobs may share. `seq` is the number of
-- the event that the change was made on: when another came meanwhile the caller looks again.
-- -> the number of the event it is, 0 when another came first, -1 when this tenant has no such deck (any more)
local id, tenant, seq, card, edit = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local held = redis.call('HMGET', job_key(id), 'tenant', 'status', 'seq')
if held[1] ~= tenant or held[2] ~= 'completed' then return -1 end
if held[3] ~= seq then return 0 end
redis.call('HSET', job_key(id), 'edit:' .. card, edit)
happened(id)
return seq + 1
