-- A cached result as it is stored: its epoch and a blank where it has one, and the result as JSON.
local function with_epoch(epoch, result) return epoch and string.format('%.0f %s', epoch, result) or result end

-- -> its epoch, and the result
local function without_epoch(stored)
  local epoch, at = string.match(stored, '^(%d+) ()')
  if epoch then return tonumber(epoch), string.sub(stored, at) end
  return 0, stored
end
