/** Counts who is served by host name and environment, until a request is over; what has passed is in the log (see `traffic-log.ts`). */
export const meterLua = String.raw`
local traffic, state, routes = ngx.shared.apployd_traffic, ngx.shared.apployd_state, ngx.shared.apployd_routes
local workers = require 'apployd.workers'
local M = {}

-- Requests that are being answered, for each worker its own: with one that dies its count is over.
function M.begin(var)
  local key = var.apployd_counted .. ' ' .. var.apployd_environment .. ' ' .. ngx.worker.pid()
  var.apployd_open = key
  traffic:incr(key, 1, 0)
end

-- A key is changed by its own worker alone.
local function tell_open(key)
  local name, pid = key:match('^(.*) (%d+)$')
  local count = traffic:get(key) or 0
  if not workers.is_alive(pid) or (count == 0 and not routes:get(key:match('^%S+'))) then return traffic:delete(key) end
  if count > 0 then ngx.say(name, ' ', count) end
end

function M.count()
  state:incr('requests', 1, 0)
  local var = ngx.var
  if var.apployd_open and var.apployd_open ~= '' then traffic:incr(var.apployd_open, -1) end
end

function M.tell()
  for _, key in ipairs(traffic:get_keys(0)) do tell_open(key) end
end

return M
`;
