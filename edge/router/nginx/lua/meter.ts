/** Counts what visitors cause, by host name and environment, when a request is over. */
export const meterLua = String.raw`
local traffic, state, routes = ngx.shared.apployd_traffic, ngx.shared.apployd_state, ngx.shared.apployd_routes
local M = {}

-- Of a WebSocket Nginx itself counts no more than its handshake.
local function bytes_in(var)
  if var.status ~= '101' then return tonumber(var.request_length) end
  return tonumber((var.upstream_bytes_sent or ''):match('(%d+)%D*$') or var.request_length)
end

function M.count()
  state:incr('requests', 1, 0)
  local var = ngx.var
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
    if value > 0 then
      traffic:incr(key, -value)
      ngx.say(key, ' ', value)
    elseif not routes:get(key:match('^%S+ (%S+)')) then
      traffic:delete(key)
    end
  end
end

return M
`;
