-- Epochs of cached results. An erasure raises that of its tenant, or of one result. A result is served only in the epoch in
-- which its job was submitted. An epoch is a time, so that none comes back after a restore from a backup.
local function epoch_of(tenant, hash)
  local of_tenant, of_result = unpack(redis.call('MGET', erasure_epoch_key(tenant), erased_result_key(hash)))
  return math.max(tonumber(of_tenant or 0), tonumber(of_result or 0))
end

local function raise_epoch(tenant, now)
  local key = erasure_epoch_key(tenant)
  redis.call('SET', key, math.max(now, tonumber(redis.call('GET', key) or 0) + 1))
end

-- Nothing that was cached before lives as long as `seconds`.
local function raise_epoch_of_result(tenant, hash, now, seconds)
  redis.call('SET', erased_result_key(hash), math.max(now, epoch_of(tenant, hash) + 1), 'EX', seconds)
end
