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
