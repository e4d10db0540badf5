import { luaValue } from '../lua/value.js';
import type { NginxSettings } from './settings.js';

/** Everything is loaded before the workers begin: they need not be able to read the folder. */
export const luaParts = ({ folder, tls }: NginxSettings) => `
    lua_shared_dict apployd_routes 256m;${tls ? '\n    lua_shared_dict apployd_certificates 128m;' : ''}
    lua_shared_dict apployd_turns 8m;
    lua_shared_dict apployd_traffic 32m;
    lua_shared_dict apployd_sides 8m;
    lua_shared_dict apployd_asked 16m;
    lua_shared_dict apployd_visitors 16m;
    lua_shared_dict apployd_known 2m;
    lua_shared_dict apployd_state 1m;
    init_by_lua_block {
        local folder, modules = ${luaValue(folder)}, ${luaValue(luaModules)}
        for _, name in ipairs(modules) do
            package.preload['apployd.' .. name] = assert(loadfile(folder .. '/current/lua/' .. name .. '.lua'))
        end
        for _, name in ipairs(modules) do require('apployd.' .. name) end
        require('apployd.control').load(folder .. '/current/generation')
        require('apployd.routes').load(folder .. '/routes')
    }`;

const luaModules = [
  ...[
    'settings',
    'redirect',
    'edge_settings',
    'routes',
    'rollout',
    'certificates',
    'answer',
    'workers',
    'meter',
    'balance',
  ],
  ...['limits', 'passwords', 'in_front', 'unwatched_bodies', 'visit', 'control'],
];
