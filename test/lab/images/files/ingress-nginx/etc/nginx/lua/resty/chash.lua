-- A stand-in: the same key gives the same node while the nodes stay the same; no ring.
local _M = {}
_M.__index = _M

local function order(nodes)
  local names = {}
  for node in pairs(nodes) do names[#names + 1] = node end
  table.sort(names)
  return names
end

function _M.new(_, nodes)
  return setmetatable({ nodes = nodes, names = order(nodes) }, _M)
end

function _M.reinit(self, nodes)
  self.nodes, self.names = nodes, order(nodes)
end

function _M.find(self, key)
  if #self.names == 0 then return nil end
  local place = ngx.crc32_short(tostring(key)) % #self.names + 1
  return self.names[place], place
end

function _M.next(self, place)
  if #self.names == 0 then return nil end
  local following = place % #self.names + 1
  return self.names[following], following
end

return _M
