/**
 * Certificates in memory that all workers share, and in no file: the next handshake takes what is there. They come as lines
 * (see `certificate-lines.ts`): `put HOSTNAME NOT-AFTER CHAIN KEY`, in seconds since 1970 and twice in Base64, or `forget HOSTNAME`.
 */
export const certificatesLua = String.raw`
local ssl, certificates, routes = require 'ngx.ssl', ngx.shared.apployd_certificates, require 'apployd.routes'
local M = {}

-- Read once in each worker. The bound is for those that nobody has any more.
local read, count, most = {}, 0, 1000

local function reading(text)
  local found = read[text]
  if found then return found end
  local chain, key = text:match('^%d+ (%S+) (%S+)$')
  local certificate, problem = ssl.parse_pem_cert(ngx.decode_base64(chain or '') or '')
  if not certificate then return nil, problem end
  local private
  private, problem = ssl.parse_pem_priv_key(ngx.decode_base64(key) or '')
  if not private then return nil, problem end
  if count >= most then read, count = {}, 0 end
  found = { certificate = certificate, key = private }
  read[text], count = found, count + 1
  return found
end

local function is_valid(text)
  return text ~= nil and (tonumber(text:match('^%d+')) or 0) > ngx.time()
end

-- The same as secure-names.ts.
local function find(host)
  local own = certificates:get(host)
  if is_valid(own) then return own end
  local over = certificates:get((host:gsub('^[^.]*', '*', 1)))
  return is_valid(over) and over or own or over
end

function M.has(host)
  return is_valid(find(host))
end

function M.change(line)
  local verb, host, rest = line:match('^(%S+) (%S+) ?(.*)$')
  if verb == 'put' then return routes.put(certificates, host, rest) end
  if verb ~= 'forget' then return false, 'unknown line' end
  certificates:delete(host)
  return true
end

function M.shake_hands()
  local name = (ssl.server_name() or ''):lower():gsub('%.$', '')
  local text = find(name)
  if not text then return ngx.exit(ngx.ERROR) end
  local pair, problem = reading(text)
  if pair then
    local done
    ssl.clear_certs()
    done, problem = ssl.set_cert(pair.certificate)
    if done then done, problem = ssl.set_priv_key(pair.key) end
    if done then return end
  end
  ngx.log(ngx.ERR, 'the certificate of ', name, ' is of no use: ', problem)
  return ngx.exit(ngx.ERROR)
end

return M
`;
