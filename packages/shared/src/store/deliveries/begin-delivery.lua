-- An attempt begins. -> nil when there is nothing to send any more (delivered, erased, another attempt's turn), 'held'
-- when the URL gets no automatic attempts, else { tenant, url, event, status, at, due, automatic, manual, body, now,
-- fields of the record, traceparent }: without a body yet, the record it is to be made of
-- @include outbox
local id, host, attempt = ARGV[1], ARGV[2], tonumber(ARGV[3])
local now = clock()
local delivery = redis.call('HMGET', delivery_key(id),
  'state', 'made', 'tenant', 'url', 'event', 'status', 'at', 'automatic', 'manual', 'body', 'created', 'wanted', 'trace')
if delivery[1] ~= 'pending' or delivery[2] + 1 ~= attempt then
  leave_posting(id, host)
  return nil
end
if not delivery[9] and redis.call('HEXISTS', hook_key(delivery[3], delivery[4]), 'disabled') == 1 then
  leave_posting(id, host)
  end_delivery(id, host, 'held', 'url_disabled', now)
  return 'held'
end
local due = redis.call('ZSCORE', BACKLOG, id) or now
redis.call('ZREM', BACKLOG, id)
local fields = {}
if not delivery[10] then
  fields = redis.call('HGETALL', job_key(id))
  -- The record has expired: what the event itself said is left.
  if #fields == 0 then
    fields = { 'status', delivery[6], 'created', delivery[11], 'finished', delivery[7], 'wanted', delivery[12] }
    if delivery[13] then
      fields[#fields + 1] = 'trace'
      fields[#fields + 1] = delivery[13]
    end
  end
end
return { delivery[3], delivery[4], delivery[5], delivery[6], delivery[7], due, delivery[8], delivery[9] or '', delivery[10] or '', now, fields, delivery[13] or '' }
