-- The log of a job: a list; its first entry has the number 2, because number 1, the submit, is not stored.
--   s:STATUS   p:CARDS (kept so far)   c:JSON (a card)   k:ID (a card whose content stands in the result)
-- `seq` of the record is the last number. Of a job that ended it is the number of the end, which is not stored either;
-- the cards of a deck that are not in the log stand between the log and the end, in the order of the deck.
-- @include ../keys
local function events_key(id) return P .. ':events:' .. id end

-- Adds entries to the log, or one that tells the status, and rings. Of a job that ended only the number grows.
local function happened(id, ...)
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
  redis.call('PUBLISH', BELL, id)
end

-- Adds the cards of a run that the log does not have yet. `added` is lines: how many cards came before these, the deck
-- in the making as JSON, then each card as JSON. It may tell again what was told before.
local function add_cards(id, added)
  if added == '' then return end
  local have = tonumber(redis.call('HGET', job_key(id), 'cards') or 0)
  local entries, index, making = {}, nil, nil
  for line in string.gmatch(added, '[^\n]+') do
    if not index then
      index = tonumber(line)
    elseif not making then
      making = line
    else
      if index >= have then entries[#entries + 1] = 'c:' .. line end
      index = index + 1
    end
  end
  if #entries == 0 then return end
  local cards = have + #entries
  redis.call('HSET', job_key(id), 'cards', cards, 'making', making)
  entries[#entries + 1] = 'p:' .. cards
  happened(id, unpack(entries))
end

-- The cards of a log as JSON, a line each.
local function cards_of(id)
  local cards = {}
  for _, entry in ipairs(redis.call('LRANGE', events_key(id), 0, -1)) do
    if string.sub(entry, 1, 2) == 'c:' then cards[#cards + 1] = string.sub(entry, 3) end
  end
  return table.concat(cards, '\n')
end

-- The job whose log a waiting follower shares; nil where it has none (any more).
local function leader_of(leader, flight)
  if redis.call('SISMEMBER', LEADERS, leader) == 1 then return leader end
  return redis.call('HGET', FLIGHT, flight) or nil
end

-- Makes what is told of `leader` so far the own log of its follower.
local function inherit(id, leader)
  if redis.call('COPY', events_key(leader), events_key(id), 'REPLACE') == 0 then return end
  redis.call('PERSIST', events_key(id))
  local told = redis.call('HMGET', job_key(leader), 'cards', 'making', 'started')
  for i, field in ipairs({ 'cards', 'making', 'started' }) do
    if told[i] then redis.call('HSET', job_key(id), field, told[i]) end
  end
end

-- What a completed job's log held of its cards stands in the result now.
local function compact(id)
  for i, entry in ipairs(redis.call('LRANGE', events_key(id), 0, -1)) do
    local card = string.match(entry, '^c:{"id":"([%w_]+)"')
    if card then redis.call('LSET', events_key(id), i - 1, 'k:' .. card) end
  end
end

-- The number of cards in a result. Inside of strings quotes are escaped, so this finds the field and nothing else.
local function kept_in(result)
  local _, at = string.find(result, '"kept":', 1, true)
  return at and tonumber(string.match(result, '^%d+', at + 1)) or 0
end

-- Lets the log expire with its record. -> the number of the end, after `last`
local function close_log(id, last, result, cards, seconds)
  local tail = 0
  if result ~= '' then
    tail = math.max(0, kept_in(result) - cards)
    if cards > 0 then compact(id) end
  end
  redis.call('EXPIRE', events_key(id), seconds)
  return last + tail + 1
end
