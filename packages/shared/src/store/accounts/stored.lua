-- Bytes that tenants stored lately: texts, decks and edits. They are counted by when they were written, in slices of the
-- time for which a deck is kept. So nothing is to be taken back when something expires.
-- @include ../redis
local SLICES = 12
local stored_now, kept_seconds = {}, nil

local function slice_of(now, seconds) return math.floor(now * SLICES / (seconds * 1000)) end

-- What is stored by a tenant, with what this script adds.
local function stored_by(tenant, now, seconds)
  local added = stored_now[tenant] or 0
  local slices, oldest, sum = redis.call('HGETALL', stored_key(tenant)), slice_of(now, seconds) - SLICES, added
  for i = 1, #slices, 2 do
    if tonumber(slices[i]) <= oldest then
      redis.call('HDEL', stored_key(tenant), slices[i])
    else
      sum = sum + slices[i + 1]
    end
  end
  return sum
end

-- Seconds until the oldest slice is counted no more.
local function seconds_of_slice_left(now, seconds)
  local length = seconds * 1000 / SLICES
  return math.ceil((length - now % length) / 1000)
end

-- Noted here and written once, by `write_stored`.
local function note_stored(tenant, bytes, seconds)
  kept_seconds = seconds
  stored_now[tenant] = (stored_now[tenant] or 0) + bytes
end

local function write_stored(now)
  for tenant, bytes in pairs(stored_now) do
    redis.call('HINCRBY', stored_key(tenant), slice_of(now, kept_seconds), bytes)
    redis.call('EXPIRE', stored_key(tenant), kept_seconds + math.ceil(kept_seconds / SLICES))
  end
  stored_now = {}
end
