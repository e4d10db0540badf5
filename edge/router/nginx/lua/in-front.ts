/** What is answered in the place of an app, by the settings of its environment: the same as `in-front.ts`, in its order. */
export const inFrontLua = String.raw`
local settings, answer, routes = require 'apployd.settings', require 'apployd.answer', require 'apployd.routes'
local redirect, limits, passwords = require 'apployd.redirect', require 'apployd.limits', require 'apployd.passwords'
local certificates = require 'apployd.certificates'
local M = {}

local function other_host(rule, host)
  local is_www = host:sub(1, 4) == 'www.'
  if rule == 'TO_APEX' and is_www then return host:sub(5) end
  if rule == 'TO_WWW' and not is_www then return 'www.' .. host end
end

local function lead_to_other_host(var, route, host)
  local other = other_host(route.edge.host, host)
  local found = other and routes.over(other)
  if not found or found.environment ~= route.environment then return end
  if var.https == 'on' and not certificates.has(other) then return end
  local port = (var.http_host or ''):match(':%d+$') or ''
  ngx.header['cache-control'] = 'no-store'
  return answer.redirect('//' .. other .. port .. var.request_uri, 308)
end

function M.answer(var, route, host)
  local edge = route.edge
  if edge.limits and not limits.admit(var, route.environment, edge.limits) then return answer.send('TOO_MANY_REQUESTS') end
  local seconds = edge.stop and edge.stop.till - ngx.time() or 0
  if seconds > 0 then return answer.send('BANDWIDTH_USED', edge.stop, seconds) end
  if edge.host then lead_to_other_host(var, route, host) end
  if edge.maintenance then return answer.send('MAINTENANCE', edge.maintenance) end
  local location, status = redirect.find(route.redirects, var.request_uri)
  if location then return answer.redirect(location, status) end
  if edge.most_bytes and (tonumber(var.http_content_length) or 0) > edge.most_bytes then return answer.send('BODY_TOO_LARGE') end
end

-- Who has not the password is asked for it; the app sees nothing of it.
function M.refuse_stranger(var, edge)
  if not edge.passwords then return end
  local verdict = passwords.verdict(edge.passwords, var.http_authorization, var.remote_addr)
  if verdict == 'no' then return answer.send('UNAUTHORIZED') end
  if verdict == 'busy' then return answer.send('OVERLOADED') end
  if verdict ~= 'yes' then return answer.send('PLATFORM_DOWN') end
  ngx.req.clear_header('Authorization')
end

-- What an answer says already is not said by a default of ours too.
local defaults = {
  ['x-content-type-options'] = 'apployd_chosen_sniffing',
  ['referrer-policy'] = 'apployd_chosen_referrer',
  ['strict-transport-security'] = 'apployd_chosen_strict',
}

-- An answer of the edge's own, made here or by the edge itself in the place of what sleeps. An app may say of itself what it likes.
local function is_own(var)
  if var.apployd_target == settings.asleep and var.upstream_http_apployd_error then
    ngx.header['apployd-error'] = var.upstream_http_apployd_error
  end
  return ngx.header['apployd-error'] ~= nil
end

-- The headers that an environment has with every answer of its app.
function M.further()
  local var = ngx.var
  local site = var.apployd_site
  if not site or site == '' or ngx.status == 101 or is_own(var) then return end
  local route = routes.find(site)
  for _, header in ipairs(route and route.edge.headers or {}) do
    ngx.header[header.name] = header.value
    local default = defaults[header.name:lower()]
    if default then var[default] = '1' end
  end
end

return M
`;
