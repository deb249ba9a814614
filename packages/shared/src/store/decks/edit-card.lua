-- Keeps what a reader changed of a card, beside the deck itself, which jobs may share.
-- named: id, tenant, field, before (the edit that the reader saw, or ''), edit, limit (edits a minute), limit_subject,
-- max_stored (bytes of the tenant), result_seconds
-- -> kind: kept | stale (another change came first) | none (this tenant has no such deck) | limited | refused (by `policy`);
-- number (of the event it is); retry_after_s
-- @include ../jobs/log
-- @include ../accounts/window
-- @include ../accounts/stored
local asked = cjson.decode(ARGV[1])
local key = job_key(asked.id)
local job = fields_of(key, 'tenant', 'status', asked.field)
if job.tenant ~= asked.tenant or job.status ~= 'completed' then return cjson.encode({ kind = 'none' }) end
if (job[asked.field] or '') ~= asked.before then return cjson.encode({ kind = 'stale' }) end
local now, count_it = clock(), nil
if asked.limit > 0 then
  local left, seconds
  left, seconds, count_it = window(asked.limit, asked.limit_subject, now)
  if left == 0 then return cjson.encode({ kind = 'limited', retry_after_s = seconds }) end
end
local grows = #asked.edit - #(job[asked.field] or '')
if grows > 0 then
  if asked.max_stored > 0 and stored_by(asked.tenant, now, asked.result_seconds) + grows > asked.max_stored then
    local seconds = seconds_of_slice_left(now, asked.result_seconds)
    return cjson.encode({ kind = 'refused', policy = 'stored-bytes', retry_after_s = seconds })
  end
  note_stored(asked.tenant, grows, asked.result_seconds)
  write_stored(now)
end
if count_it then count_it() end
redis.call('HSET', key, asked.field, asked.edit)
add_events(asked.id)
return cjson.encode({ kind = 'kept', number = redis.call('HGET', key, 'seq') })
