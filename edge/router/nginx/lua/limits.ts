/** Counts what visitors ask of environments, in memory that all workers share: the same as `visit-limits.ts`. */
export const limitsLua = String.raw`
local settings = require 'apployd.settings'
local asked, open = ngx.shared.apployd_asked, ngx.shared.apployd_visitors
local M = {}

local mapped, this_machine = ('\0'):rep(10) .. '\255\255', ('\0'):rep(15) .. '\1'
local a_day = 86400

-- Nil for this machine: a proxy that nobody has declared. Of IPv6 a network of 64 bits is one visitor.
local function visitor_key(address)
  if #address == 16 then
    if address == this_machine then return nil end
    if address:sub(1, 12) ~= mapped then return address:sub(1, 8) end
    address = address:sub(13)
  end
  return address:byte(1) ~= 127 and address or nil
end

local function is_too_many(key, most)
  local seconds = settings.window_seconds
  local window = math.floor(ngx.now() / seconds)
  return (asked:incr(window .. ' ' .. key, 1, 0, 2 * seconds) or 0) > most
end

function M.admit(var, environment, limits)
  local visitor = visitor_key(var.binary_remote_addr)
  local key = visitor and environment .. ' ' .. visitor
  -- First the address: what it is refused takes nothing from the others.
  if key and (is_too_many(key, limits.per_address) or (open:get(key) or 0) >= limits.open) then return false end
  if limits.per_environment and is_too_many(environment, limits.per_environment) then return false end
  ngx.ctx.visitor = key
  return true
end

-- Its request goes to the app. A variable, since contexts do not outlive an internal redirect.
function M.enter(var)
  local key = ngx.ctx.visitor
  if not key then return end
  var.apployd_visitor = ngx.encode_base64(key)
  open:incr(key, 1, 0, a_day)
end

function M.leave()
  local coded = ngx.var.apployd_visitor
  if not coded or coded == '' then return end
  local key = ngx.decode_base64(coded)
  if (open:incr(key, -1) or 0) < 0 then open:set(key, 0, a_day) end
end

return M
`;
