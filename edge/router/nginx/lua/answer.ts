/** The edge's own answers, in the words of `own-answer.ts`. */
export const answerLua = String.raw`
local settings, state = require 'apployd.settings', ngx.shared.apployd_state
local M = {}

-- With other bodies, and another time to come again, in the place of the usual.
local function write(answer, bodies, seconds)
  local wants_html = (ngx.var.http_accept or ''):find('text/html', 1, true)
  local variant = wants_html and answer.html or answer.text
  ngx.status = answer.status
  for name, value in pairs(variant.headers) do ngx.header[name] = value end
  local body = bodies and bodies[wants_html and 'html' or 'text'] or variant.body
  ngx.header['content-length'] = #body
  if seconds then ngx.header['retry-after'] = seconds end
  ngx.print(body)
  return ngx.exit(ngx.HTTP_OK)
end

function M.send(code, bodies, seconds)
  state:incr('error ' .. code, 1, 0)
  return write(settings.answers[code], bodies, seconds)
end

-- As it is: ngx.redirect would refuse some of what a visitor may ask for.
function M.redirect(location, status)
  ngx.status = status
  ngx.header['location'] = location
  ngx.header['content-length'] = 0
  return ngx.exit(ngx.HTTP_OK)
end

function M.page()
  return write(settings.answers.API_PAGE)
end

function M.health()
  return write(settings.answers.HEALTH)
end

-- No more requests of this environment, or of this address, may be open. It never went in.
function M.overloaded()
  ngx.var.apployd_counted = ''
  return M.send('OVERLOADED')
end

-- Whether the last try ended with its time.
function M.was_late()
  local last
  for status in (ngx.var.upstream_status or ''):gmatch('%d%d%d') do last = status end
  return last == '504'
end

return M
`;
