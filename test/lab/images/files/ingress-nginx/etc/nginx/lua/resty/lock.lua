-- A stand-in: a lock that is always free.
local _M = {}
_M.__index = _M

function _M.new()
  return setmetatable({}, _M)
end

function _M.lock()
  return 0
end

function _M.unlock()
  return true
end

return _M
