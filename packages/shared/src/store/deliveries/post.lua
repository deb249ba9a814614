-- Moves due deliveries from the outbox into BullMQ's reach. Each host has its own bound, so a dead one delays no other.
-- named: max, max_a_host, grace_ms, full_ms
-- -> posts { { id, host, event, attempt } }, next_ms (until it is worth asking again; absent: until it is published)
-- (a caller that dies before it adds them is made good below, after the grace)
-- @include outbox
local MAX_HOSTS, MAX_LOST = 200, 5
local asked, now = cjson.decode(ARGV[1]), clock()
local max, posts = asked.max, {}

-- BullMQ writes there what became of each attempt; nobody reads it, and an erased job must leave nothing.
redis.call('XTRIM', deliveries_events_key, 'MAXLEN', 0)

-- Handed on for a while, unknown to BullMQ and not recorded: the process that had it is gone.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', posting_key, '-inf', now - asked.grace_ms, 'LIMIT', 0, 100)) do
  local id, host = string.match(member, '^(%S+) (%S+)$')
  local delivery = fields_of(delivery_key(id), 'state', 'event', 'made')
  local post = deliveries_job_key(id, delivery.event or '', (delivery.made or 0) + 1)
  if delivery.state == 'pending' and redis.call('EXISTS', post) == 1 then
    redis.call('ZADD', posting_key, now - asked.grace_ms + 2000, member)
  else
    leave_posting(id, host)
    if delivery.state == 'pending' then
      if redis.call('HINCRBY', delivery_key(id), 'lost', 1) > MAX_LOST then
        end_delivery(id, host, 'failed', 'lost', now)
      else
        enter_outbox(id, host, now)
      end
    end
  end
end

for _, host in ipairs(redis.call('ZRANGEBYSCORE', outbox_key, '-inf', now, 'LIMIT', 0, MAX_HOSTS)) do
  local slow = is_slow(host, now)
  local bound = slow and 1 or asked.max_a_host
  local room = math.min(bound - tonumber(redis.call('HGET', posts_key, host) or 0), max)
  if room > 0 then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', host_outbox_key(host), '-inf', now, 'LIMIT', 0, room)) do
      local delivery = fields_of(delivery_key(id), 'event', 'made')
      redis.call('ZREM', host_outbox_key(host), id)
      if delivery.event then
        redis.call('ZADD', posting_key, now, id .. ' ' .. host)
        redis.call('HINCRBY', posts_key, host, 1)
        -- A delivery that waited for a slow receiver is not overdue.
        if slow then redis.call('ZADD', backlog_key, 'XX', now, id) end
        max = max - 1
        posts[#posts + 1] = { id = id, host = host, event = delivery.event, attempt = delivery.made + 1 }
      else
        redis.call('ZREM', backlog_key, id)
      end
    end
  end
  local first = redis.call('ZRANGE', host_outbox_key(host), 0, 0, 'WITHSCORES')
  if not first[2] then
    redis.call('ZREM', outbox_key, host)
  elseif tonumber(first[2]) > now then
    redis.call('ZADD', outbox_key, first[2], host)
  elseif max > 0 then
    -- It is full: an end of one of its attempts brings it back at once, this only makes sure.
    redis.call('ZADD', outbox_key, now + asked.full_ms, host)
  end
  if max <= 0 then break end
end
local following = redis.call('ZRANGE', outbox_key, 0, 0, 'WITHSCORES')
return cjson.encode({ posts = posts, next_ms = following[2] and math.max(0, following[2] - now) })
