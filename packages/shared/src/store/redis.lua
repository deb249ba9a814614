-- What scripts ask of Redis itself.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Fields of a hash, each for a local of its own; false for those that are not there. Hot paths read this way.
local function values_of(key, ...) return unpack(redis.call('HMGET', key, ...)) end

-- Fields of a hash by their names; nil for those that are not there.
local function fields_of(key, ...)
  local values, found = redis.call('HMGET', key, ...), {}
  for i, name in ipairs({ ... }) do found[name] = values[i] or nil end
  return found
end

-- The sum of `id:slots`, each by the end of its announcement.
local function announced_slots(key, now)
  local slots = 0
  for _, worker in ipairs(redis.call('ZRANGEBYSCORE', key, now, '+inf')) do
    slots = slots + tonumber(string.match(worker, ':(%d+)$'))
  end
  return slots
end
