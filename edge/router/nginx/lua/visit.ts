import { relayedNumber } from '../../ticket.js';

/** What happens to a request before it goes to an app: who it is for, and whether it goes there at all. */
export const visitLua = String.raw`
local routes, in_front, answer = require 'apployd.routes', require 'apployd.in_front', require 'apployd.answer'
local limits = require 'apployd.limits'
local settings, certificates = require 'apployd.settings', require 'apployd.certificates'
local meter, rollout = require 'apployd.meter', require 'apployd.rollout'
local unwatched_bodies = require 'apployd.unwatched_bodies'
local M = {}

local repeatable = { GET = true, HEAD = true, OPTIONS = true }
local usual = { ['keep-alive'] = true, close = true, upgrade = true }
local framing = { host = true, ['content-length'] = true, ['transfer-encoding'] = true, trailer = true }

local function normal(host)
  return (host:lower():gsub(':%d+$', ''):gsub('%.$', ''))
end

-- A client may have headers removed by naming them in Connection, but not those that hold the request together.
local function drop_named(connection)
  for token in connection:gmatch('[^,%s]+') do
    token = token:lower()
    if not framing[token] and not usual[token] then ngx.req.clear_header(token) end
  end
end

local function platform_site(path)
  for _, prefix in ipairs(settings.server_paths) do
    if path == prefix or path:sub(1, #prefix + 1) == prefix .. '/' then return '*server' end
  end
  return settings.has_dashboard and '*dashboard' or nil
end

local function enter_platform(var)
  local site = platform_site(var.request_uri:match('^[^?#]*'))
  if not site then return answer.page() end
  var.apployd_site, var.apployd_for = site, var.remote_addr
end

-- Over HTTP/2 a body may come without a word of it before.
local function has_body(var)
  local length = tonumber(var.http_content_length)
  if length then return length > 0 end
  return var.http_transfer_encoding ~= nil or (ngx.req.http_version() == 2 and not repeatable[var.request_method])
end

-- The edge's own process slows visitors down, and looks at how slowly they send. Calls of gRPC may be quiet for long.
local function is_watched(var, edge)
  if (edge.paced_till or 0) > ngx.time() then return true end
  if edge.is_http2 or not has_body(var) then return false end
  return edge.is_attacked or not unwatched_bodies.enter(var)
end

local function enter_site(var, host)
  local route, site = routes.over(host)
  if not route then return answer.send('NO_ROUTE') end
  in_front.answer(var, route, host)
  if #route.targets == 0 then return answer.send('NOBODY_HOME') end
  in_front.refuse_stranger(var, route.edge)
  var.apployd_site, var.apployd_counted, var.apployd_environment = site, site, route.environment
  limits.see_address(var)
  if is_watched(var, route.edge) then var.apployd_by_edge = '1' end
  limits.enter(var)
  meter.begin(var)
  rollout.enter(var, route.edge.rollout)
  if var.apployd_by_edge == '1' and var.apployd_number ~= '' then
    ngx.req.set_header('${relayedNumber}', var.apployd_number)
  elseif var.http_apployd_number then
    ngx.req.clear_header('${relayedNumber}')
  end
  return route.edge
end

local function says_secure(proto)
  return ((proto or '') .. ','):find('^%s*https%s*,') ~= nil
end

-- The same as secure-visit.ts.
local function enter_securely(var, host)
  if var.https == 'on' then
    if normal(var.ssl_server_name or '') ~= host then return answer.send('MISDIRECTED') end
    if settings.platform[host] or host:sub(-#settings.own_names) == settings.own_names then var.apployd_is_own = '1' end
    return
  end
  if var.request_uri:sub(1, #settings.challenge_path) == settings.challenge_path then return ngx.exec('@challenge') end
  local port = settings.public_tls_port
  if not port or not certificates.has(host) or says_secure(var.http_x_forwarded_proto) then return end
  if var['http_' .. settings.probe_header] then return end
  return answer.redirect('https://' .. host .. (port == 443 and '' or ':' .. port) .. var.request_uri, 308)
end

function M.enter()
  local var = ngx.var
  local host = normal(var.host)
  if not host:find('^[a-z0-9._-]+$') and not host:find('^%[[0-9a-f:.]+%]$') then return answer.send('BAD_REQUEST') end
  if settings.has_tls then enter_securely(var, host) end
  limits.see_address(var)
  -- A full URL as the target outranks the header, for the app too.
  if normal(var.http_host or host) ~= host then var.apployd_host = host end
  local connection = var.http_connection
  if connection and not usual[connection:lower()] then drop_named(connection) end
  local edge = {}
  if settings.platform[host] then enter_platform(var) else edge = enter_site(var, host) end
  local is_stream = var.apployd_upgrade ~= '' or (var.http_accept or ''):find('text/event-stream', 1, true)
  if is_stream or has_body(var) or not repeatable[var.request_method] then var.apployd_pool = 'apployd_once' end
  local limited = edge.body and '_' .. edge.body or ''
  if edge.is_http2 then
    var.apployd_pool, var.apployd_http2 = 'apployd_once', '1'
    return ngx.exec('@http2' .. limited)
  end
  if is_stream then return ngx.exec('@stream' .. limited) end
  if edge.body then return ngx.exec('@limited' .. limited) end
end

return M
`;
