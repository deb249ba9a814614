-- Moves ids from the waiting lists into BullMQ's reach while the fleet has free slots, by fair share. named: max, ttl
-- -> ids that the caller must add to the queue (if it dies first the sweep finds them), ended (jobs past their deadline)
-- @include ../jobs/ending
local asked, now = cjson.decode(ARGV[1]), clock()
-- More jobs are fed than there are slots, so that a worker that ends a job finds the next one: as many as the slots end
-- during a feed, and at most as many again. Long jobs, which others would wait for, need none.
local FEED_MS = 100
local slots, mean = capacity(now), tonumber(redis.call('HGET', counts_key, 'service_ms') or math.huge)
local ahead = math.min(slots, math.floor(slots * FEED_MS / math.max(mean, 1)))
local free = math.min(asked.max, slots + ahead - redis.call('ZCARD', fed_key))
local fed = {}
while #fed < free do
  local ids = next_in_line(free - #fed)
  if not ids then break end
  local entries = {}
  for _, id in ipairs(ids) do
    local job = fields_of(job_key(id), 'status', 'deadline')
    if job.status == 'queued' and tonumber(job.deadline) <= now then
      end_other(id, now, { status = 'failed', error = DEADLINE_EXCEEDED }, asked.ttl)
      end_followers(id, now, asked.ttl)
    elseif job.status == 'queued' then
      entries[#entries + 1] = now
      entries[#entries + 1] = id
      fed[#fed + 1] = id
    end
  end
  if #entries > 0 then redis.call('ZADD', fed_key, unpack(entries)) end
end
write_ends(now)
return cjson.encode({ ids = fed, ended = ended })
