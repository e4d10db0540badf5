/** Which of the workers that have counted something are still there. */
export const workersLua = String.raw`
local M = {}

function M.is_alive(pid)
  local file = io.open('/proc/' .. pid .. '/stat')
  if file then file:close() end
  return file ~= nil
end

return M
`;
