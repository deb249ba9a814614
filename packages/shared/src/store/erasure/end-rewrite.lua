-- The append-only file was rewritten. named: last (as it began) -> done (nothing was erased since)
-- @include ../redis
local began = cjson.decode(ARGV[1]).last
local last = redis.call('HGET', rewrite_owed_key, 'last')
if last == began then
  redis.call('DEL', rewrite_owed_key)
  return '{"done":true}'
end
if last then redis.call('HSET', rewrite_owed_key, 'since', last) end
return cjson.encode({ done = not last })
