-- Moves ids from the waiting lists into BullMQ's reach while the fleet has free slots; tenants take turns.
-- -> { ids that the caller must add to the queue (a caller that dies first is made good by the sweep) }, { others that ended }
-- @include ../jobs/ending
local most, result_seconds, text_seconds, tomb_seconds = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = clock()
-- Some more than there are slots, so that a worker that ends a job finds the next one there: as many as the slots can end
-- while a feed is on its way, at most as many again. Long jobs, which others would wait for, need none.
local FEED_MS = 100
local slots, mean = capacity(now), tonumber(redis.call('HGET', COUNTS, 'service_ms') or math.huge)
local ahead = math.min(slots, math.floor(slots * FEED_MS / math.max(mean, 1)))
local free = math.min(most, slots + ahead - redis.call('ZCARD', FED))
local ttl = { result = result_seconds, text = text_seconds, tomb = tomb_seconds }
local fed = {}
while #fed < free do
  local ids = next_in_line(free - #fed)
  if not ids then break end
  local entries = {}
  for _, id in ipairs(ids) do
    local job = redis.call('HMGET', job_key(id), 'status', 'deadline')
    if job[1] == 'queued' and tonumber(job[2]) <= now then
      end_other(id, now, { status = 'failed', error = LATE }, ttl)
      settle(id, now, ttl)
    elseif job[1] == 'queued' then
      entries[#entries + 1] = now
      entries[#entries + 1] = id
      fed[#fed + 1] = id
    end
  end
  if #entries > 0 then redis.call('ZADD', FED, unpack(entries)) end
end
write_ends(now)
return { fed, others }
