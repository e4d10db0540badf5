/** Redirects by the rules of `core/redirect.ts`, which say what each part is for. */
export const redirectLua = String.raw`
local M = {}

local function plain(word)
  return (word:gsub('%%(%x%x)', function(code) return string.char(tonumber(code, 16)) end))
end

-- A rule from its word: '307=FROM=TO'.
function M.read(word)
  local status, from, to = word:match('^(%d+)=([^=]*)=([^=]*)$')
  return { status = tonumber(status), from = plain(from), to = plain(to) }
end

local function rest_of(from, path)
  if from:sub(-1) ~= '*' then return path == from and '' or nil end
  local below = from:sub(1, -2)
  return path:sub(1, #below) == below and path:sub(#below + 1) or nil
end

-- Where a request goes instead, and with which status; nil when no rule fits.
function M.find(rules, url)
  local path, query = url:match('^[^?#]*'), url:match('^[^?#]*(%?.*)$') or ''
  for _, rule in ipairs(rules) do
    local rest = rest_of(rule.from, path)
    if rest then
      local location = rule.to
      if location:sub(-1) == '*' then location = (location:sub(1, -2) .. rest):gsub('^[/\\][/\\]+', '/') end
      if not rule.to:find('?', 1, true) then location = location .. query end
      return location, rule.status
    end
  end
end

return M
`;
