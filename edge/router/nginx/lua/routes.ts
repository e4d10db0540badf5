/**
 * Which host name leads where, in memory that all workers share: a change is in force with the next request, without a
 * reload. Values come as words without spaces (see `route-lines.ts`) and are compared, never run.
 */
export const routesLua = String.raw`
local routes, turns, state = ngx.shared.apployd_routes, ngx.shared.apployd_turns, ngx.shared.apployd_state
local redirect, edge_settings = require 'apployd.redirect', require 'apployd.edge_settings'
local M = {}

-- What a text says is read once in each worker. The bound, in bytes, is for texts that no route has any more.
local read, bytes, most = {}, 0, 16 * 1024 * 1024

local function reading(text)
  local found = read[text]
  if found then return found end
  local environment, rest = text:match('^(%S*)%s?(.*)$')
  found = { environment = environment, targets = {}, redirects = {}, edge = {} }
  for word in rest:gmatch('%S+') do
    if edge_settings.is_one(word) then
      edge_settings.read(found.edge, word)
    else
      local list = word:find('=', 1, true) and found.redirects or found.targets
      list[#list + 1] = list == found.redirects and redirect.read(word) or word
    end
  end
  if bytes >= most then read, bytes = {}, 0 end
  read[text], bytes = found, bytes + #text + 200
  return found
end

function M.find(site)
  local text = routes:get(site)
  return text and reading(text)
end

-- The route of a host name, or else of the wildcard over it, and the site that it is known as. %2a is the asterisk.
function M.over(hostname)
  local route = M.find(hostname)
  if route then return route, hostname end
  local dot = hostname:find('.', 1, true)
  if not dot or dot == 1 then return nil end
  local wildcard = '%2a' .. hostname:sub(dot)
  return M.find(wildcard), wildcard
end

-- Where this visitor goes, of the two releases that there may be: the targets, and as what their turns are known.
local function place(hostname, number)
  local route = M.find(hostname)
  if not route then return {}, hostname end
  local rollout = route.edge.rollout
  if rollout and number and number < rollout.percent * 100 then return rollout.targets, '+' .. hostname end
  return route.targets, hostname
end

-- The next of its targets in turn, but not the one that just failed.
function M.next_target(hostname, failed, number)
  local targets, turns_of = place(hostname, tonumber(number))
  if #targets == 1 then return targets[1] ~= failed and targets[1] or nil end
  if #targets == 0 then return nil end
  local turn = turns:incr(turns_of, 1, -1)
  for i = 0, #targets - 1 do
    local target = targets[(turn + i) % #targets + 1]
    if target ~= failed then return target end
  end
end

function M.leads_to(hostname, target, number)
  for _, each in ipairs((place(hostname, tonumber(number)))) do
    if each == target then return true end
  end
  return false
end

-- Nothing that stands is pushed out to make room: not even what it replaces, which safe_set has taken away by the time that it
-- finds no room. What is no longer than that always fits, such as a route that leads nowhere any more.
function M.put(dict, name, text)
  local former = dict:get(name)
  local done, problem = dict:safe_set(name, text)
  if not done and former then dict:safe_set(name, former) end
  return done, problem
end

-- 'put HOSTNAME ENVIRONMENT TARGET …' or 'forget HOSTNAME'.
function M.change(line)
  local verb, hostname, rest = line:match('^(%S+) (%S+) ?(.*)$')
  if verb == 'put' then return M.put(routes, hostname, rest) end
  if verb ~= 'forget' then return false, 'unknown line' end
  routes:delete(hostname)
  turns:delete(hostname)
  turns:delete('+' .. hostname)
  return true
end

-- At the start, before the first visitor. A reload keeps the memory, and what is in it is newer than the file.
function M.load(file)
  if not state:add('instance', ngx.worker.pid() .. '-' .. ngx.now()) then return end
  local lines = io.open(file)
  if not lines then return end
  for line in lines:lines() do
    local done, problem = M.change(line)
    if not done then ngx.log(ngx.ERR, 'a route is left out: ', problem) end
  end
  lines:close()
end

return M
`;
