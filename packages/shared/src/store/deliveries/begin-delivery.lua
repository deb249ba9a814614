-- An attempt begins. named: id, receiver, attempt
-- -> kind: started | held (the URL gets no automatic attempts) | none (nothing is to be sent: delivered, erased, another
-- attempt is next); tenant, url, event, status, at, due, automatic, manual, now, trace; behind them the body, and without one
-- the fields of the record that it is to be made of
-- @include outbox
local asked = cjson.decode(ARGV[1])
local id, receiver, now = asked.id, asked.receiver, clock()
local delivery = fields_of(delivery_key(id),
  'state', 'made', 'tenant', 'url', 'event', 'status', 'at', 'automatic', 'manual', 'body', 'created', 'wanted', 'trace')
if delivery.state ~= 'pending' or delivery.made + 1 ~= asked.attempt then
  leave_posting(id, receiver)
  return cjson.encode({ kind = 'none' })
end
if not delivery.manual and redis.call('HEXISTS', hook_of(delivery.tenant, delivery.url), 'disabled') == 1 then
  leave_posting(id, receiver)
  end_delivery(id, receiver, 'held', 'url_disabled', now)
  return cjson.encode({ kind = 'held' })
end
local due = redis.call('ZSCORE', backlog_key, id) or now
redis.call('ZREM', backlog_key, id)

-- The record; where it has expired, what the event itself said of it.
local function record()
  local fields = redis.call('HGETALL', job_key(id))
  if #fields > 0 then return fields end
  fields = { 'status', delivery.status, 'created', delivery.created, 'finished', delivery.at, 'wanted', delivery.wanted }
  if delivery.trace then
    fields[#fields + 1] = 'trace'
    fields[#fields + 1] = delivery.trace
  end
  return fields
end

local started = {
  kind = 'started', tenant = delivery.tenant, url = delivery.url, event = delivery.event, status = delivery.status,
  at = delivery.at, due = due, automatic = delivery.automatic, manual = delivery.manual ~= nil, now = now,
  trace = delivery.trace,
}
return { cjson.encode(started), delivery.body or '', delivery.body and {} or record() }
