/** Whether a visitor may come in. Right passwords are known for a while; of others the edge is asked: see `password-server.ts`. */
export const passwordsLua = String.raw`
local settings, known = require 'apployd.settings', ngx.shared.apployd_known
local M = {}

local longest, known_seconds = 1024, 600

local function ask(users, authorization, address)
  local socket = ngx.socket.tcp()
  socket:settimeouts(2000, 2000, 15000)
  if not socket:connect(settings.passwords) then return nil end
  local sent = socket:send(users .. ' ' .. ngx.encode_base64(authorization) .. ' ' .. address .. '\n')
  local verdict = sent and socket:receive('*l')
  if verdict then socket:setkeepalive(30000, 16) else socket:close() end
  return verdict
end

-- 'yes', 'no', 'busy', or nil when the edge is gone.
function M.verdict(users, authorization, address)
  if not authorization or #authorization > longest then return 'no' end
  local key = ngx.sha1_bin(users .. ' ' .. authorization)
  local verdict = known:get(key) or ask(users, authorization, address)
  if verdict == 'yes' then known:add(key, verdict, known_seconds) end
  return verdict
end

return M
`;
