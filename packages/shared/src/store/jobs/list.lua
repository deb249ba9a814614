-- Ids of a tenant's jobs, newest first, from a cursor on. named: tenant, status ('': any), from ('': the newest), limit
-- -> ids, next (the cursor, '' at the end)
-- @include view
local asked = cjson.decode(ARGV[1])
local MAX_LOOKED_AT = 1000
local max, offset = '+inf', 0
if asked.from ~= '' then
  max, offset = string.match(asked.from, '^(%d+)%.(%d+)$')
  offset = tonumber(offset)
end
local ids, looked = {}, 0
while true do
  local page = redis.call('ZREVRANGEBYSCORE', tenant_jobs_key(asked.tenant), max, '-inf', 'WITHSCORES', 'LIMIT', offset, 100)
  for i = 1, #page, 2 do
    -- A cursor is a time and how many of that time were passed: it holds while newer jobs come in.
    offset = (page[i + 1] == max) and offset + 1 or 1
    max = page[i + 1]
    looked = looked + 1
    local status = seen_status(page[i])
    if not status then
      redis.call('ZREM', tenant_jobs_key(asked.tenant), page[i])
      offset = offset - 1
    elseif asked.status == '' or asked.status == status then
      ids[#ids + 1] = page[i]
    end
    if #ids >= asked.limit or looked >= MAX_LOOKED_AT then
      return cjson.encode({ ids = ids, next = max .. '.' .. offset })
    end
  end
  if #page == 0 then return cjson.encode({ ids = ids, next = '' }) end
end
