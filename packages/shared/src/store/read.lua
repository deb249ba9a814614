-- What a client may see of a job. -> { fields, position, slots, mean service time in ms } or { 'gone' | 'none' }
local id, tenant = ARGV[1], ARGV[2]
local fields = redis.call('HGETALL', job_key(id))
if #fields == 0 then
  local status, owner = string.match(redis.call('GET', tomb_key(id)) or '', '^(%S+) (%S+)')
  return { (owner == tenant and status ~= 'erased') and 'gone' or 'none' }
end
local status, owner, leader
for i = 1, #fields, 2 do
  if fields[i] == 'status' then status = fields[i + 1] end
  if fields[i] == 'tenant' then owner = fields[i + 1] end
  if fields[i] == 'leader' then leader = fields[i + 1] end
end
if owner ~= tenant then return { 'none' } end
if status ~= 'queued' then return { fields, 0, 0, 0 } end
local service = tonumber(redis.call('HGET', COUNTS, 'service_ms') or 0)
return { fields, position(tenant, leader or id), capacity(clock()), service }
