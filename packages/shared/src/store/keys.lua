-- Read before every script: the names of our keys, all behind one prefix (one hash tag, one shard), and the clock.
local P = KEYS[1]
local function job_key(id) return P .. ':job:' .. id end
local function text_key(id) return P .. ':text:' .. id end
local function tomb_key(id) return P .. ':tomb:' .. id end
local function followers_key(id) return P .. ':followers:' .. id end
local function cache_key_of(key) return P .. ':cache:' .. key end
local function waiting_key(tenant) return P .. ':waiting:' .. tenant end
local function erasing_key(tenant) return P .. ':erasing:' .. tenant end
local function index_key(tenant) return P .. ':jobs:' .. tenant end
local TURNS = P .. ':turns'       -- tenants with waiting jobs; score: the number of their turn
local RESTED = P .. ':rested'     -- tenants whose list ran empty before their next turn came; score: its number
local FED = P .. ':fed'           -- ids handed to BullMQ and not ended; score: when
local WORKERS = P .. ':workers'   -- "id:slots" of each worker; score: when its announcement ends
local FLIGHT = P .. ':flight'     -- collapse key -> id of the job that makes the deck
local LEADERS = P .. ':leaders'   -- ids that others wait for
local DUE = P .. ':due'           -- ids that follow another; score: their own deadline
local COUNTS = P .. ':counts'     -- waiting (jobs), turn (of the job fed last), service_ms (mean), erasing (tenants)
local BELL = P .. ':bell'         -- channel: something happened to these ids, with blanks between them; ID!: it ended
local CANCEL = P .. ':cancel'     -- channel: stop running this id

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Ids that a script rings for once, at its end: one message is heard sooner than many.
local rung = {}
local function ring(id) rung[#rung + 1] = id end
local function ring_end(id)
  ring(id)
  ring(id .. '!') -- heard also by those who wait for nothing else
end
local function ring_all()
  if #rung > 0 then redis.call('PUBLISH', BELL, table.concat(rung, ' ')) end
  rung = {}
end

local function is_open(status) return status == 'queued' or status == 'running' end

-- Class first, then time: 0 interactive, 1 standard, 2 bulk. Exact in a double until the year 2286.
local function place(class, created) return class * 1e13 + created end

local function capacity(now)
  local slots = 0
  for _, worker in ipairs(redis.call('ZRANGEBYSCORE', WORKERS, now, '+inf')) do
    slots = slots + tonumber(string.match(worker, ':(%d+)$'))
  end
  return slots
end
