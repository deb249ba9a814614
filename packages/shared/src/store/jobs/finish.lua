-- Ends jobs; the first end of each wins.
-- named: ttl, cache_seconds
-- of each: id, status, usage, error, kept (cards in the result), cache_key, epoch (of that key), from, draft; behind them the
-- result and the cards
-- run, tenant: whose the job must be, where that is asked
-- -> of each: won (this call ended it), tenant, followers_left, ended (followers that ended beside it)
-- @include ending
-- @include ../decks/cached
local context, now = cjson.decode(ARGV[1]), clock()

local function finish(job, result, cards)
  local tenant = end_job(job.id, now, {
    status = job.status, run = job.run, tenant = job.tenant, usage = job.usage, error = job.error,
    result = result ~= '' and result or nil, kept = job.kept, from = job.from, draft = job.draft, cards = cards,
  }, context.ttl)
  if tenant and job.cache_key then
    redis.call('SET', cache_key(job.cache_key), with_epoch(job.epoch, result), 'EX', context.cache_seconds)
  end
  if tenant and job.status == 'canceled' then redis.call('PUBLISH', cancel_channel, job.id) end
  ended = {}
  local left = end_followers(job.id, now, context.ttl, job.kept)
  return cjson.encode({ won = tenant ~= false, tenant = tenant or '', followers_left = left, ended = ended })
end

local answers = {}
for i = 2, #ARGV, 3 do answers[#answers + 1] = finish(cjson.decode(ARGV[i]), ARGV[i + 1], ARGV[i + 2]) end
write_ends(now)
return answers
