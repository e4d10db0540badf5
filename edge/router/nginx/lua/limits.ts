/** Counts what visitors ask of environments, in memory that all workers share: the same as `visit-limits.ts`. */
export const limitsLua = String.raw`
local settings, workers = require 'apployd.settings', require 'apployd.workers'
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

-- For each environment by itself: an address may be that of a CDN, which brings the visitors of many. Declared proxies do too.
function M.see_address(var)
  local key = var.apployd_trusted ~= '1' and visitor_key(var.binary_remote_addr)
  var.apployd_address = key and var.apployd_environment .. ' ' .. key or ''
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

-- Of what is open each worker keeps its share beside the sum, and stands in a list.
local is_listed = false
local function own(key)
  if not is_listed then
    is_listed = true
    open:set('worker ' .. (open:incr('workers', 1, 0) or 0), ngx.worker.pid())
  end
  return ngx.worker.pid() .. ' ' .. key
end

-- Its request goes to the app. A variable, since contexts do not outlive an internal redirect.
function M.enter(var)
  local key = ngx.ctx.visitor
  if not key then return end
  var.apployd_visitor = ngx.encode_base64(key)
  open:incr(key, 1, 0, a_day)
  open:incr(own(key), 1, 0, a_day)
end

local function lower(key, by)
  if (open:incr(key, -by) or 0) < 0 then open:set(key, 0, a_day) end
end

function M.leave()
  local coded = ngx.var.apployd_visitor
  if not coded or coded == '' then return end
  local key = ngx.decode_base64(coded)
  lower(key, 1)
  -- Changed by this worker alone.
  if (open:incr(own(key), -1) or 0) <= 0 then open:delete(own(key)) end
end

local function take_back(pid)
  local prefix = pid .. ' '
  for _, key in ipairs(open:get_keys(0)) do
    if key:sub(1, #prefix) == prefix then
      lower(key:sub(#prefix + 1), open:get(key) or 0)
      open:delete(key)
    end
  end
end

-- What was open at a worker that died is over, and said so by nobody.
function M.forget_dead()
  for n = 1, open:get('workers') or 0 do
    local pid = open:get('worker ' .. n)
    if pid and not workers.is_alive(pid) and open:add('gone ' .. n, true, a_day) then
      open:delete('worker ' .. n)
      take_back(pid)
    end
  end
end

return M
`;
