-- Ids of a tenant's jobs, newest first, from a place on. -> { next place or '', id, id, ... }
-- @include view
local tenant, status, from, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local MOST_LOOKED_AT = 1000
local max, offset = '+inf', 0
if from ~= '' then
  max, offset = string.match(from, '^(%d+)%.(%d+)$')
  offset = tonumber(offset)
end
local found, looked, place_after = { '' }, 0, ''
while true do
  local page = redis.call('ZREVRANGEBYSCORE', index_key(tenant), max, '-inf', 'WITHSCORES', 'LIMIT', offset, 100)
  for i = 1, #page, 2 do
    -- A place is a time and how many of that time were passed: it holds while newer jobs come in.
    offset = (page[i + 1] == max) and offset + 1 or 1
    max = page[i + 1]
    looked = looked + 1
    place_after = max .. '.' .. offset
    local is = seen_status(page[i])
    if not is then
      redis.call('ZREM', index_key(tenant), page[i])
      offset = offset - 1
      place_after = max .. '.' .. offset
    elseif status == '' or status == is then
      found[#found + 1] = page[i]
    end
    if #found > limit or looked >= MOST_LOOKED_AT then
      found[1] = place_after
      return found
    end
  end
  if #page == 0 then return found end
end
