/**
 * Which connection a request takes. Whatever may not be sent twice gets a new connection and is tried elsewhere only
 * while nothing of it was sent; Nginx itself repeats what met a kept connection that had gone stale.
 */
export const balanceLua = String.raw`
local balancer, routes, answer = require 'ngx.balancer', require 'apployd.routes', require 'apployd.answer'
local settings = require 'apployd.settings'
local M = {}

local more_tries = 2

local function give_up(code)
  ngx.var.apployd_verdict = code
  return ngx.exit(ngx.ERROR)
end

local function set_peer(target)
  if target == settings.asleep then
    return balancer.set_current_peer(ngx.var.apployd_http2 == '1' and settings.waker_http2 or settings.waker)
  end
  local host, port = target:match('^(.*):(%d+)$')
  return balancer.set_current_peer(host, tonumber(port))
end

local function connect(target)
  ngx.var.apployd_target = target
  local done, problem = set_peer(target)
  if done then return end
  ngx.log(ngx.ERR, 'no connection to ', target, ': ', problem)
  return give_up('UPSTREAM_UNREACHABLE')
end

-- Whom the edge itself is to look after goes by it; once that has failed, as everybody does, wherever that leads.
local function next_target(var)
  if var.apployd_failed == settings.asleep then var.apployd_by_edge = '' end
  if var.apployd_by_edge == '1' and routes.find(var.apployd_site) then
    return settings.asleep
  end
  return routes.next_target(var.apployd_site, var.apployd_failed, var.apployd_number)
end

-- Only what may be repeated comes here. A second call means that a kept connection was stale.
function M.kept()
  local target = next_target(ngx.var)
  if not target then return give_up('NOBODY_HOME') end
  return connect(target)
end

-- The list of an earlier try holds one figure for each, and ends with the try that begins.
local function was_sent()
  local sent = 0
  for figure in (ngx.var.upstream_bytes_sent or ''):gmatch('%d+') do sent = sent + tonumber(figure) end
  return sent > 0
end

function M.once()
  local ctx, var = ngx.ctx, ngx.var
  if not ctx.has_tried then
    ctx.has_tried = true
    balancer.set_more_tries(more_tries)
  else
    if was_sent() then return give_up(answer.was_late() and 'UPSTREAM_TIMEOUT' or 'UPSTREAM_UNREACHABLE') end
    var.apployd_failed = var.apployd_target
  end
  local target = next_target(var)
  if target then return connect(target) end
  return give_up(var.apployd_failed == '' and 'NOBODY_HOME' or 'UPSTREAM_UNREACHABLE')
end

-- Who visits what sleeps meets the edge itself. While that is gone nobody else is there, and nobody can wake it.
local function is_asleep(var, sent)
  local may_ask_again = not sent or var.apployd_pool == 'apployd_kept'
  return var.apployd_target == settings.asleep and may_ask_again
end

-- After a refused, cut or late connection: once more where that harms nobody, else it is said.
function M.failed()
  local var = ngx.var
  local is_late, sent = answer.was_late(), was_sent()
  if var.apployd_pool == 'apployd_kept' and var.apployd_verdict == '' then
    local is_moved = sent and not is_late and not routes.leads_to(var.apployd_site, var.apployd_target, var.apployd_number)
    if not sent then var.apployd_failed = var.apployd_target end
    if not sent or is_moved then
      var.apployd_pool = 'apployd_once'
      return ngx.exec('@again')
    end
  end
  local verdict = var.apployd_verdict ~= '' and var.apployd_verdict or (is_late and sent and 'UPSTREAM_TIMEOUT' or 'UPSTREAM_UNREACHABLE')
  if verdict == 'UPSTREAM_UNREACHABLE' and is_asleep(var, sent) then verdict = 'ASLEEP' end
  local is_platform = var.apployd_counted == ''
  return answer.send(is_platform and verdict == 'UPSTREAM_UNREACHABLE' and 'PLATFORM_DOWN' or verdict)
end

return M
`;
