import { quote } from '../quote.js';

/** For the edge alone: the folder is closed to others. */
export const controlServer = (folder: string) => `
    server {
        listen ${quote(`unix:${folder}/control.sock`)};
        access_log off;
        client_max_body_size 2m;
        client_body_buffer_size 2m;
        location = /routes {
            content_by_lua_block { require('apployd.control').change() }
        }
        location = /certificates {
            content_by_lua_block { require('apployd.control').certify() }
        }
        location = /certified {
            content_by_lua_block { require('apployd.control').certified() }
        }
        location = /sites {
            content_by_lua_block { require('apployd.control').sites() }
        }
        location = /open {
            content_by_lua_block { require('apployd.control').open() }
        }
        location = /sides {
            content_by_lua_block { require('apployd.control').sides() }
        }
        location = /waker {
            content_by_lua_block { require('apployd.control').reach_waker() }
        }
        location = /status {
            content_by_lua_block { require('apployd.control').status() }
        }
    }`;
