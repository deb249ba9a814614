-- Ends the next 100 followers of a job that ended. named: id, ttl, kept (cards in its result)
-- -> followers_left, ended (those that ended)
-- @include ending
local leader, now = cjson.decode(ARGV[1]), clock()
local left = end_followers(leader.id, now, leader.ttl, leader.kept)
write_ends(now)
return cjson.encode({ followers_left = left, ended = ended })
