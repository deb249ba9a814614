-- The log of a job is a list. Its first entry has the number 2, because number 1, the submit, is not stored.
--   s:STATUS   p:CARDS (kept so far)   c:JSON (a card)   k:ID (a card whose content is in the result)
--
-- `seq` of the record is the last number. Of a job that ended it is the number of the end, which is not stored either.
-- The cards of a deck that are not in the log come between the log and the end, in the order of the deck.
-- @include ../redis
local function is_open(status) return status == 'queued' or status == 'running' end

-- Ids that a script publishes once, at its end: one message arrives sooner than many.
local published = {}
local function notify(id) published[#published + 1] = id end

-- `ID!` reaches also those who wait for the end and nothing else.
local function notify_end(id)
  notify(id)
  notify(id .. '!')
end

local function publish_all()
  if #published > 0 then redis.call('PUBLISH', jobs_channel, table.concat(published, ' ')) end
  published = {}
end

-- Adds entries to the log, or one with the status, and publishes. Of a job that ended only the number grows.
local function add_events(id, ...)
  local entries = { ... }
  if #entries == 0 then
    local status = redis.call('HGET', job_key(id), 'status')
    if is_open(status) then entries[1] = 's:' .. status end
  end
  if #entries == 0 then
    redis.call('HINCRBY', job_key(id), 'seq', 1)
  else
    redis.call('HSET', job_key(id), 'seq', redis.call('RPUSH', events_key(id), unpack(entries)) + 1)
  end
  redis.call('PUBLISH', jobs_channel, id)
end

-- Adds the cards of a run that the log does not have yet: a run may send a card twice. `cards` is JSON, one card a line;
-- `from` is how many cards of the job come before them; `draft` is the rest of the deck, as JSON.
local function add_cards(id, from, draft, cards)
  if cards == '' then return end
  local have = tonumber(redis.call('HGET', job_key(id), 'cards') or 0)
  local entries, index = {}, from
  for card in string.gmatch(cards, '[^\n]+') do
    if index >= have then entries[#entries + 1] = 'c:' .. card end
    index = index + 1
  end
  if #entries == 0 then return end
  have = have + #entries
  redis.call('HSET', job_key(id), 'cards', have, 'making', draft)
  entries[#entries + 1] = 'p:' .. have
  add_events(id, unpack(entries))
end

-- The JSON of a card that an entry holds; nil for other entries.
local function card_in(entry) return string.sub(entry, 1, 2) == 'c:' and string.sub(entry, 3) or nil end

-- The cards of a log as JSON, one a line.
local function cards_of(id)
  local cards = {}
  for _, entry in ipairs(redis.call('LRANGE', events_key(id), 0, -1)) do cards[#cards + 1] = card_in(entry) end
  return table.concat(cards, '\n')
end

-- The job whose log a waiting follower shares; nil where it has none (any more).
local function leader_of(leader, flight)
  if redis.call('SISMEMBER', leaders_key, leader) == 1 then return leader end
  return redis.call('HGET', in_flight_key, flight) or nil
end

-- Gives a follower a copy of its leader's log as it is now.
local function inherit(id, leader)
  if redis.call('COPY', events_key(leader), events_key(id), 'REPLACE') == 0 then return end
  redis.call('PERSIST', events_key(id))
  for field, value in pairs(fields_of(job_key(leader), 'cards', 'making', 'started')) do
    redis.call('HSET', job_key(id), field, value)
  end
end

-- The cards of a completed job's log are in its result now: their ids are enough.
local function compact(id)
  for i, entry in ipairs(redis.call('LRANGE', events_key(id), 0, -1)) do
    local card = card_in(entry)
    if card then redis.call('LSET', events_key(id), i - 1, 'k:' .. cjson.decode(card).id) end
  end
end

-- Lets the log expire with its record. `kept`: the number of cards in the result of a completed job, else nil; `cards`: how
-- many of them the log has. -> the number of the end, after `last`
local function close_log(id, last, kept, cards, seconds)
  if kept and cards > 0 then compact(id) end
  redis.call('EXPIRE', events_key(id), seconds)
  return last + (kept and math.max(0, kept - cards) or 0) + 1
end
