-- Erasures until their receipt is written: what is known of each, and when somebody looks at it next.
local LOOK_AGAIN_MS = 10000

-- The append-only file shows what was erased until Redis has rewritten it.
local function owe_rewrite(now)
  redis.call('HSETNX', rewrite_owed_key, 'since', now)
  redis.call('HSET', rewrite_owed_key, 'last', now)
end

-- Nobody else works at it for a while. One that is closed stays closed.
local function work_at(id, now) redis.call('ZADD', owed_erasures_key, 'XX', now + LOOK_AGAIN_MS, id) end

-- erasure: id, tenant, actor, from, request_id, asked; job, where it is of one job alone. The caller works at it first.
local function open_erasure(erasure, now)
  local key = erasure_key(erasure.id)
  redis.call('HSET', key, 'tenant', erasure.tenant, 'actor', erasure.actor, 'from', erasure.from,
    'request_id', erasure.request_id, 'asked', erasure.asked)
  if erasure.job then redis.call('HSET', key, 'job', erasure.job) end
  redis.call('ZADD', owed_erasures_key, now + LOOK_AGAIN_MS, erasure.id)
end
