-- The receipt of an erasure is written. That of all of a tenant's data can be read for a while. named: id, receipt_seconds, max_receipts
-- -> 1
-- @include ../redis
local asked, now = cjson.decode(ARGV[1]), clock()
local id = asked.id
redis.call('ZREM', owed_erasures_key, id)
local tenant, job, done = values_of(erasure_key(id), 'tenant', 'job', 'done')
if done then return 1 end
if job or not tenant then
  redis.call('DEL', erasure_key(id))
  return 1
end
redis.call('HSET', erasure_key(id), 'done', now)
redis.call('EXPIRE', erasure_key(id), asked.receipt_seconds)
-- Whoever erases again and again fills nothing.
local receipts = receipts_key(tenant)
if redis.call('LPUSH', receipts, id) > asked.max_receipts then redis.call('DEL', erasure_key(redis.call('RPOP', receipts))) end
redis.call('EXPIRE', receipts, asked.receipt_seconds)
return 1
