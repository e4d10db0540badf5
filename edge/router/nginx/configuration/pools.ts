/** Connections to apps: kept ones for what may be repeated, a new one for everything else. */
export const pools = `
    upstream apployd_kept {
        server 0.0.0.1;
        balancer_by_lua_block { require('apployd.balance').kept() }
        keepalive 512;
        # Below the five seconds after which many servers close an idle connection.
        keepalive_timeout 4s;
        keepalive_requests 1000000;
    }
    upstream apployd_once {
        server 0.0.0.1;
        balancer_by_lua_block { require('apployd.balance').once() }
    }
    upstream apployd_http2 {
        server 0.0.0.1;
        balancer_by_lua_block { require('apployd.balance').once() }
    }`;
