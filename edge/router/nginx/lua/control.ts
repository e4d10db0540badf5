/** What the edge asks of a running Nginx, on a socket that only its own account reaches. */
export const controlLua = String.raw`
local certificates = require 'apployd.certificates'
local settings, limits = require 'apployd.settings', require 'apployd.limits'
local rollout = require 'apployd.rollout'
local routes, meter, state = require 'apployd.routes', require 'apployd.meter', ngx.shared.apployd_state
local M = {}

-- Tells which start of Nginx this is: after another one the edge brings all routes again. And which files this worker began
-- with: memory that outlives a reload could not say that.
local function say_instance()
  ngx.header['apployd-instance'] = state:get('instance')
  ngx.header['apployd-generation'] = M.generation
end

-- At the start, and again at each reload.
function M.load(file)
  local lines = assert(io.open(file))
  M.generation = lines:read('*l')
  lines:close()
end

function M.change()
  say_instance()
  ngx.req.read_body()
  for line in (ngx.req.get_body_data() or ''):gmatch('[^\n]+') do
    local done, problem = routes.change(line)
    -- One that is not taken holds up none of the others, which are other people's.
    if not done then ngx.say((line:match('^%S+ (%S+)') or '?'), ' ', problem) end
  end
end

function M.certify()
  say_instance()
  ngx.req.read_body()
  for line in (ngx.req.get_body_data() or ''):gmatch('[^\n]+') do
    local done, problem = certificates.change(line)
    if not done then ngx.say((line:match('^%S+ (%S+)') or '?'), ' ', problem) end
  end
end

function M.certified()
  say_instance()
  for _, name in ipairs(ngx.shared.apployd_certificates:get_keys(0)) do ngx.say(name) end
end

function M.sites()
  say_instance()
  for _, name in ipairs(ngx.shared.apployd_routes:get_keys(0)) do ngx.say(name) end
end

function M.open()
  say_instance()
  limits.forget_dead()
  meter.tell()
end

function M.sides()
  say_instance()
  rollout.tell_sides()
end

-- Says what keeps this worker from it; nothing when it is reached.
function M.reach_waker()
  say_instance()
  local socket = ngx.socket.tcp()
  socket:settimeout(2000)
  local done, problem = socket:connect(settings.waker)
  if not done then return ngx.say(problem) end
  socket:close()
end

function M.status()
  say_instance()
  for _, key in ipairs(state:get_keys(0)) do
    if key ~= 'instance' then ngx.say(key, ' ', state:get(key)) end
  end
end

return M
`;
