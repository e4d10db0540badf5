/**
 * Bodies that nobody watches, since Nginx cannot be told a least rate for them: counted by environment, each from its request until
 * its answer begins. Every worker counts its own, and one that dies takes its count along.
 */
export const unwatchedBodiesLua = String.raw`
local settings = require 'apployd.settings'
local M = {}

local unwatched = {}

-- False when that would be one too many: somebody is to watch it.
function M.enter(var)
  local environment = var.apployd_environment
  local count = unwatched[environment] or 0
  if count >= settings.most_unwatched_bodies then return false end
  unwatched[environment], var.apployd_unwatched = count + 1, environment
  return true
end

function M.leave()
  local var = ngx.var
  local environment = var.apployd_unwatched
  if not environment or environment == '' then return end
  var.apployd_unwatched = ''
  local count = (unwatched[environment] or 1) - 1
  unwatched[environment] = count > 0 and count or nil
end

return M
`;
