-- Changes fields of an API key. named: id, changes (field -> value) -> 1; 0 when there is no such key, or when `rotated_to` is
-- among the changes and another key took its place already
local asked = cjson.decode(ARGV[1])
local key = api_key_key(asked.id)
if redis.call('EXISTS', key) == 0 then return 0 end
if asked.changes.rotated_to and redis.call('HEXISTS', key, 'rotated_to') == 1 then return 0 end
for field, value in pairs(asked.changes) do redis.call('HSET', key, field, value) end
redis.call('PUBLISH', key_changes_channel, asked.id)
return 1
