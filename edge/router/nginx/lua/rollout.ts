import { latencyBuckets, latencyFactor } from '@apployd/core/latency';
import { grpcFailures } from '../../grpc-failure.js';
import {
  cookieSeconds,
  numbers,
  releaseCookie,
  secureReleaseCookie,
  sharedCacheHeaders,
} from '../../release-cookie.js';
import { patientMs } from '../../ticket.js';

/** Which of two releases a visitor gets while a rollout serves both, and what came of it: the same as `ticket.ts` and `release-cookie.ts`. */
export const rolloutLua = String.raw`
local sides = ngx.shared.apployd_sides
local M = {}

local cookie, secure_cookie = '${releaseCookie}', '${secureReleaseCookie}'
local buckets, factor = ${latencyBuckets}, ${latencyFactor}
local shared_cache_headers = { ${sharedCacheHeaders.map((name) => `'${name}'`).join(', ')} }
local grpc_failures = { ${grpcFailures.map((status) => `['${status}'] = true`).join(', ')} }
-- What nobody has asked for by then is of no use to anybody.
local kept_seconds = 86400
local is_seeded = false

-- Workers are forked: without it all of them would draw the same.
local function draw()
  if not is_seeded then math.randomseed(ngx.now() * 1000 + ngx.worker.pid()) end
  is_seeded = true
  return math.random(0, ${numbers} - 1)
end

local function is_secure(var)
  return var.apployd_said_scheme == 'https'
end

-- The number that a visitor of this rollout has; the app does not see the cookie.
local function take_number(var, rollout)
  local header = var.http_cookie
  if not header or not header:find(cookie, 1, true) then return nil end
  local others, number = {}, nil
  local mine = is_secure(var) and secure_cookie or cookie
  for each in header:gmatch('[^;]+') do
    each = each:match('^%s*(.-)%s*$')
    local name, value = each:match('^([^=]*)=(.*)$')
    if name ~= cookie and name ~= secure_cookie then
      others[#others + 1] = each
    elseif name == mine then
      local tag, digits = value:match('^([%w_-]+)%.(%d%d%d%d)$')
      if rollout and tag == rollout.tag then number = number or tonumber(digits) end
    end
  end
  if #others > 0 then ngx.req.set_header('Cookie', table.concat(others, '; ')) else ngx.req.clear_header('Cookie') end
  return number
end

function M.enter(var, rollout)
  local number = take_number(var, rollout)
  if not rollout then return end
  if not number then
    number = draw()
    var.apployd_given = rollout.tag .. '.' .. ('%04d'):format(number)
  end
  var.apployd_number, var.apployd_rollout = number, rollout.deployment
  var.apployd_side = number < rollout.percent * 100 and 'new' or 'old'
end

local function list_of(value)
  if value == nil then return {} end
  return type(value) == 'table' and value or { value }
end

local function kept_privately(said)
  local others, is_private = {}, false
  for each in table.concat(list_of(said), ', '):gmatch('[^,]+') do
    each = each:match('^%s*(.-)%s*$')
    local name = each:lower()
    is_private = is_private or name == 'private' or name == 'no-store'
    if each ~= '' and name ~= 'public' and not name:find('^s%-maxage%s*=') then others[#others + 1] = each end
  end
  if is_private then return said end
  table.insert(others, 1, 'private')
  return table.concat(others, ', ')
end

-- A cache that gave an answer of either release to others would give them the other one. Who was given a number keeps it.
-- Answers of the edge's own give none.
function M.tell()
  local var = ngx.var
  local deployment, given = var.apployd_rollout, var.apployd_given
  if not deployment or deployment == '' or ngx.header['apployd-error'] then return end
  ngx.header['cache-control'] = kept_privately(ngx.header['cache-control'])
  for _, name in ipairs(shared_cache_headers) do ngx.header[name] = nil end
  if given == '' then return end
  local all = {}
  for _, each in ipairs(list_of(ngx.header['set-cookie'])) do all[#all + 1] = each end
  local name, secure = cookie, ''
  if is_secure(var) then name, secure = secure_cookie, '; Secure' end
  all[#all + 1] = name .. '=' .. given .. '; Path=/; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Lax' .. secure
  ngx.header['set-cookie'] = all
end

-- Until the answer began, all tries together; of who left without one as long as they were here.
local function milliseconds(var, has_left)
  local seconds
  if has_left then return (tonumber(var.request_time) or 0) * 1000 end
  for figure in (var.upstream_header_time or ''):gmatch('[%d.]+') do seconds = (seconds or 0) + tonumber(figure) end
  return (seconds or tonumber(var.request_time) or 0) * 1000
end

local function bucket_of(ms)
  if ms <= 1 then return 0 end
  return math.min(buckets - 1, math.ceil(math.log(ms) / math.log(factor)))
end

-- A call of gRPC says in its trailers how it went, or in a head that is all there is.
local function is_error(var, status)
  local said = var.upstream_trailer_grpc_status or var.upstream_http_grpc_status
  return status >= 500 or (said ~= nil and grpc_failures[said] == true)
end

-- Of who left soon nothing is known. Who has waited for a while counts as answered that late.
function M.count()
  local var = ngx.var
  local deployment, status = var.apployd_rollout, ngx.status
  if not deployment or deployment == '' or status == 0 then return end
  local has_left = status == 499
  local ms = milliseconds(var, has_left)
  if has_left and ms < ${patientMs} then return end
  local key = deployment .. ' ' .. var.apployd_side .. ' '
  sides:incr(key .. bucket_of(ms), 1, 0, kept_seconds)
  if is_error(var, status) then sides:incr(key .. 'errors', 1, 0, kept_seconds) end
end

-- What is counted while it is told is told by the next call. Where nothing was counted since the last one nothing is kept: one
-- answer that is counted in between is not missed in a rate.
function M.tell_sides()
  for _, key in ipairs(sides:get_keys(0)) do
    local count = sides:get(key) or 0
    if count > 0 then
      sides:incr(key, -count)
      ngx.say(key, ' ', count)
    else
      sides:delete(key)
    end
  end
end

return M
`;
