-- A stand-in: reads a cookie of the request, and adds one to the answer.
local _M = {}
_M.__index = _M

function _M.new()
  return setmetatable({}, _M)
end

function _M.get(_, name)
  local value = ngx.var["cookie_" .. name]
  if value == nil or value == "" then return nil, "no cookie" end
  return value
end

function _M.set(_, cookie)
  local parts = { cookie.key .. "=" .. cookie.value }
  if cookie.expires then parts[#parts + 1] = "Expires=" .. cookie.expires end
  if cookie.max_age then parts[#parts + 1] = "Max-Age=" .. cookie.max_age end
  if cookie.domain then parts[#parts + 1] = "Domain=" .. cookie.domain end
  if cookie.path then parts[#parts + 1] = "Path=" .. cookie.path end
  if cookie.secure then parts[#parts + 1] = "Secure" end
  if cookie.httponly then parts[#parts + 1] = "HttpOnly" end
  if cookie.samesite then parts[#parts + 1] = "SameSite=" .. cookie.samesite end
  local given = ngx.header["Set-Cookie"]
  local all = type(given) == "table" and given or { given }
  all[#all + 1] = table.concat(parts, "; ")
  ngx.header["Set-Cookie"] = all
  return true
end

return _M
