-- Moves due deliveries from the outbox into BullMQ's reach, each host within its own bound, so that a dead one holds up
-- nobody else. -> { ms until it is worth asking again or -1, id, host, event, attempt, id, ... }
-- (a caller that dies before it adds them is made good below, after the grace)
-- @include outbox
local queue, most, most_a_host, grace_ms, full_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local MOST_HOSTS, MOST_LOST = 200, 5
local now = clock()
local posts = { -1 }

-- BullMQ tells there what became of each attempt; nobody reads it, and an erased job must leave nothing.
redis.call('XTRIM', P .. ':' .. queue .. ':events', 'MAXLEN', 0)

-- Handed on for a while, unknown to BullMQ and not recorded: whoever had it is gone.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', POSTING, '-inf', now - grace_ms, 'LIMIT', 0, 100)) do
  local id, host = string.match(member, '^(%S+) (%S+)$')
  local delivery = redis.call('HMGET', delivery_key(id), 'state', 'event', 'made')
  local name = P .. ':' .. queue .. ':' .. id .. '_' .. (delivery[2] or '') .. '_' .. ((delivery[3] or 0) + 1)
  if delivery[1] == 'pending' and redis.call('EXISTS', name) == 1 then
    redis.call('ZADD', POSTING, now - grace_ms + 2000, member)
  else
    leave_posting(id, host)
    if delivery[1] == 'pending' then
      if redis.call('HINCRBY', delivery_key(id), 'lost', 1) > MOST_LOST then
        end_delivery(id, host, 'failed', 'lost', now)
      else
        enter_outbox(id, host, now)
      end
    end
  end
end

for _, host in ipairs(redis.call('ZRANGEBYSCORE', OUTBOX, '-inf', now, 'LIMIT', 0, MOST_HOSTS)) do
  local slow = is_slow(host, now)
  local bound = slow and 1 or most_a_host
  local room = math.min(bound - tonumber(redis.call('HGET', POSTS, host) or 0), most)
  if room > 0 then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', outbox_key(host), '-inf', now, 'LIMIT', 0, room)) do
      local delivery = redis.call('HMGET', delivery_key(id), 'event', 'made')
      redis.call('ZREM', outbox_key(host), id)
      if delivery[1] then
        redis.call('ZADD', POSTING, now, id .. ' ' .. host)
        redis.call('HINCRBY', POSTS, host, 1)
        -- Who waited for a slow receiver is not late by our fault.
        if slow then redis.call('ZADD', BACKLOG, 'XX', now, id) end
        most = most - 1
        for _, value in ipairs({ id, host, delivery[1], delivery[2] + 1 }) do posts[#posts + 1] = value end
      else
        redis.call('ZREM', BACKLOG, id)
      end
    end
  end
  local first = redis.call('ZRANGE', outbox_key(host), 0, 0, 'WITHSCORES')
  if not first[2] then
    redis.call('ZREM', OUTBOX, host)
  elseif tonumber(first[2]) > now then
    redis.call('ZADD', OUTBOX, first[2], host)
  elseif most > 0 then
    -- It is full: an end of one of its attempts brings it back at once, this only makes sure.
    redis.call('ZADD', OUTBOX, now + full_ms, host)
  end
  if most <= 0 then break end
end
local following = redis.call('ZRANGE', OUTBOX, 0, 0, 'WITHSCORES')
if following[2] then posts[1] = math.max(0, following[2] - now) end
return posts
