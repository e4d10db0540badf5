/** Reads what a site's line says of the settings of its environment (see `edge-words.ts`): words such as `+header=NAME=VALUE`. */
export const edgeSettingsLua = String.raw`
local settings = require 'apployd.settings'
local M = {}

local function plain(word)
  return (word:gsub('%%(%x%x)', function(code) return string.char(tonumber(code, 16)) end))
end

local function values(word)
  local found = {}
  for value in word:gmatch('=([^=]*)') do found[#found + 1] = plain(value) end
  return found
end

local readers = {
  stop = function(edge, till, text, html) edge.stop = { till = tonumber(till), text = text, html = html } end,
  pace = function(edge, till) edge.paced_till = tonumber(till) end,
  limit = function(edge, tier) edge.limits, edge.is_attacked = settings.limits[tier], tier == 'ATTACK' end,
  host = function(edge, rule) edge.host = rule end,
  maintenance = function(edge, text, html) edge.maintenance = { text = text, html = html } end,
  passwords = function(edge, users) edge.passwords = users end,
  protocol = function(edge, protocol) edge.is_http2 = protocol == 'HTTP2' end,
  body = function(edge, limit) edge.body, edge.most_bytes = limit, settings.body_limits[limit] end,
  rollout = function(edge, tag, percent, deployment, ...)
    edge.rollout = { tag = tag, percent = tonumber(percent), deployment = deployment, targets = { ... } }
  end,
  header = function(edge, name, value)
    edge.headers = edge.headers or {}
    edge.headers[#edge.headers + 1] = { name = name, value = value }
  end,
}

function M.is_one(word)
  return word:byte(1) == 43
end

function M.read(edge, word)
  local reader = readers[word:match('^%+(%l+)')]
  if reader then reader(edge, unpack(values(word))) end
end

return M
`;
