/** Counts what visitors cause, by host name and environment, when a request is over. */
export const meterLua = String.raw`
local traffic, state, routes = ngx.shared.apployd_traffic, ngx.shared.apployd_state, ngx.shared.apployd_routes
local M = {}

-- Requests that are being answered, for each worker its own: with one that dies its count is over.
function M.begin(var)
  local key = 'n ' .. var.apployd_counted .. ' ' .. var.apployd_environment .. ' ' .. ngx.worker.pid()
  var.apployd_open = key
  traffic:incr(key, 1, 0)
end

local function is_alive(pid)
  local file = io.open('/proc/' .. pid .. '/stat')
  if file then file:close() end
  return file ~= nil
end

-- A key is changed by its own worker alone.
local function tell_open(key)
  local name, pid = key:match('^(.*) (%d+)$')
  local count = traffic:get(key) or 0
  if not is_alive(pid) or (count == 0 and not routes:get(key:match('^%S+ (%S+)'))) then return traffic:delete(key) end
  if count > 0 then ngx.say(name, ' ', count) end
end

-- Of a WebSocket Nginx itself counts no more than its handshake.
local function bytes_in(var)
  if var.status ~= '101' then return tonumber(var.request_length) end
  return tonumber((var.upstream_bytes_sent or ''):match('(%d+)%D*$') or var.request_length)
end

function M.count()
  state:incr('requests', 1, 0)
  local var = ngx.var
  if var.apployd_open and var.apployd_open ~= '' then traffic:incr(var.apployd_open, -1) end
  local hostname = var.apployd_counted
  if not hostname or hostname == '' then return end
  local key = hostname .. ' ' .. var.apployd_environment
  traffic:incr('r ' .. key, 1, 0)
  traffic:incr('i ' .. key, bytes_in(var), 0)
  traffic:incr('o ' .. key, tonumber(var.bytes_sent), 0)
end

-- Takes away what it tells, and no more: what is counted meanwhile stays for the next time.
function M.take()
  for _, key in ipairs(traffic:get_keys(0)) do
    local value = traffic:get(key) or 0
    if key:sub(1, 2) == 'n ' then
      tell_open(key)
    elseif value > 0 then
      traffic:incr(key, -value)
      ngx.say(key, ' ', value)
    elseif not routes:get(key:match('^%S+ (%S+)')) then
      traffic:delete(key)
    end
  end
end

return M
`;
