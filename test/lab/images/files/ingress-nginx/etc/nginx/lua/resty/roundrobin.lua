-- A stand-in: nodes take turns, as often as their weights.
local _M = {}
_M.__index = _M

local function order(nodes)
  local turns = {}
  for node, weight in pairs(nodes) do
    for _ = 1, weight do turns[#turns + 1] = node end
  end
  return turns
end

function _M.new(_, nodes)
  return setmetatable({ nodes = nodes, turns = order(nodes), last = 0 }, _M)
end

function _M.reinit(self, nodes)
  self.nodes, self.turns, self.last = nodes, order(nodes), 0
end

function _M.find(self)
  if #self.turns == 0 then return nil end
  self.last = self.last % #self.turns + 1
  return self.turns[self.last]
end

return _M
