import { isIPv6 } from 'node:net';
import { healthPath } from '../direct.js';
import { strictTransport } from '../secure-visit.js';
import { luaValue } from './lua/value.js';
import { quote } from './quote.js';

/** What the configuration of Nginx depends on. Nothing of a customer's is among it: routes are data (see `lua/routes.ts`). */
export type NginxSettings = {
  readonly host: string;
  readonly port: number;
  /** Absolute; everything that Nginx reads and writes is in it. */
  readonly folder: string;
  /** Modules to load, by their full paths. */
  readonly modules: readonly string[];
  /** Whose account the workers have; null where Nginx is not started by root. */
  readonly user: string | null;
  readonly workers: number;
  readonly trustedProxies: readonly string[];
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly mostPerHostname: number;
  /** Null: no TLS. */
  readonly tls: {
    readonly port: number;
    /** PEM of certificate and key that Nginx wants to have and no visitor sees. */
    readonly placeholder: string;
    /** Where the edge answers authorities. */
    readonly challenges: string;
  } | null;
};

/** The text of `nginx.conf`. */
export function configuration(settings: NginxSettings): string {
  const { modules, user, workers, folder } = settings;
  const file = (name: string) => quote(`${folder}/${name}`);
  return `# Written by the edge; changes are overwritten.
${modules.map((module) => `load_module ${quote(module)};\n`).join('')}${user === null ? '' : `user ${quote(user)};\n`}worker_processes ${workers};
worker_shutdown_timeout 600s;
worker_rlimit_nofile 65536;
pid ${file('nginx.pid')};
error_log stderr error;
events {
    worker_connections 32768;
}
http {
${temporaryFolders(file)}
${luaParts(settings)}
${limits}
${compression}
${facts(settings)}
${pools}${challengePool(settings)}
${visitors(settings)}
${control(folder)}
}
`;
}

const temporaryFolders = (file: (name: string) => string) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `    ${kind}_temp_path ${file(`temporary/${kind}`)};`)
    .join('\n');

/** Everything is loaded before the workers begin: they need not be able to read the folder. */
const luaParts = ({ folder, tls }: NginxSettings) => `
    lua_shared_dict apployd_routes 256m;${tls ? '\n    lua_shared_dict apployd_certificates 128m;' : ''}
    lua_shared_dict apployd_turns 8m;
    lua_shared_dict apployd_traffic 32m;
    lua_shared_dict apployd_state 1m;
    init_by_lua_block {
        local folder, modules = ${luaValue(folder)}, ${luaValue(luaModules)}
        for _, name in ipairs(modules) do
            package.preload['apployd.' .. name] = assert(loadfile(folder .. '/current/lua/' .. name .. '.lua'))
        end
        for _, name in ipairs(modules) do require('apployd.' .. name) end
        require('apployd.routes').load(folder .. '/routes')
    }`;

const luaModules = ['settings', 'redirect', 'routes', 'certificates', 'answer', 'meter', 'balance', 'visit', 'control'];

/** Patient with uploads, not with those who take their time over a header. */
const limits = `
    access_log off;
    server_tokens off;
    default_type application/octet-stream;
    tcp_nodelay on;
    reset_timedout_connection on;
    client_header_timeout 20s;
    client_body_timeout 60s;
    send_timeout 600s;
    keepalive_timeout 65s;
    keepalive_requests 1000000;
    large_client_header_buffers 4 32k;
    client_max_body_size 0;
    limit_conn_zone $apployd_counted zone=apployd_open:8m;
    limit_conn_status 503;
    limit_conn_log_level info;`;

const compression = `
    gzip on;
    gzip_vary on;
    gzip_proxied any;
    gzip_comp_level 4;
    gzip_min_length 1024;
    gzip_types text/css text/plain text/xml text/markdown text/javascript application/javascript application/json
        application/ld+json application/manifest+json application/xml application/rss+xml application/atom+xml
        application/wasm image/svg+xml font/ttf font/otf;`;

/** Who the visitor is, what may be believed of what is said, and what is added to an answer that has it not. */
const facts = ({ trustedProxies }: NginxSettings) => `
${trustedProxies.map((each) => `    set_real_ip_from ${each};\n`).join('')}    real_ip_header X-Forwarded-For;
    real_ip_recursive on;
    geo $realip_remote_addr $apployd_trusted {
        default 0;
${trustedProxies.map((each) => `        ${each} 1;\n`).join('')}    }
    map "$apployd_trusted:$http_x_forwarded_for" $apployd_seen_by {
        "~^1:." "$http_x_forwarded_for, $realip_remote_addr";
        default $realip_remote_addr;
    }
    map "$apployd_trusted:$http_x_forwarded_host" $apployd_said_host {
        "~^1:\\s*([^,\\s]+)" $1;
        default $apployd_host;
    }
    map "$apployd_trusted:$http_x_forwarded_proto" $apployd_said_scheme {
        "~^1:\\s*(https?)\\s*(,|$)" $1;
        default $scheme;
    }
    map $http_upgrade $apployd_upgrade {
        "~*^websocket$" websocket;
        default "";
    }
    map $apployd_upgrade $apployd_connection {
        websocket upgrade;
        default "";
    }
    map $http_x_request_id $apployd_request_id {
        "~^[\\w.:-]{8,128}$" $http_x_request_id;
        default $request_id;
    }
    map $upstream_http_x_request_id $apployd_answer_id {
        "" $apployd_request_id;
        default "";
    }
    map $upstream_http_x_content_type_options $apployd_sniffing {
        "" nosniff;
        default "";
    }
    map "$https:$apployd_is_own:$upstream_http_strict_transport_security" $apployd_strict {
        "on:1:" "${strictTransport}";
        default "";
    }
    map $upstream_http_referrer_policy $apployd_referrer {
        "" strict-origin-when-cross-origin;
        default "";
    }`;

/** Connections to apps: kept ones for what may be repeated, a new one for everything else. */
const pools = `
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
    }`;

const challengePool = ({ tls }: NginxSettings) =>
  tls === null
    ? ''
    : `
    upstream apployd_challenges {
        server ${quote(`unix:${tls.challenges}`)};
    }`;

/** Where Nginx itself turns to; a visitor who asks for it finds nothing. */
const ownPath = '/.well-known/apployd/edge';

const visitors = (settings: NginxSettings) => `
    server {
        listen ${listenAddress(settings)} default_server backlog=4096;
${secured(settings)}
        server_name _;
        absolute_redirect off;
        set $apployd_site '';
        set $apployd_is_own '';
        set $apployd_counted '';
        set $apployd_open '';
        set $apployd_environment '';
        set $apployd_target '';
        set $apployd_failed '';
        set $apployd_verdict '';
        set $apployd_host $http_host;
        set $apployd_for $${settings.trustedProxies.length > 0 ? 'apployd_seen_by' : 'remote_addr'};
        set $apployd_pool apployd_kept;
        limit_conn apployd_open ${settings.mostPerHostname};
        log_by_lua_block { require('apployd.meter').count() }
        error_page 400 405 501 505 = ${ownPath}/bad-request;
        error_page 414 494 = ${ownPath}/headers-too-large;
        error_page 404 = @unknown;
        error_page 503 = @overloaded;
        error_page 500 502 504 = @failed;
        recursive_error_pages on;
${passing(settings)}
        location / {
            rewrite_by_lua_block { require('apployd.visit').enter() }
            proxy_pass http://$apployd_pool;
        }
        location @again {
            proxy_pass http://$apployd_pool;
        }
        location @stream {
            proxy_read_timeout 24h;
            proxy_send_timeout 24h;
            proxy_pass http://$apployd_pool;
        }
${challenges(settings)}
        location = ${healthPath} {
            content_by_lua_block { require('apployd.answer').health() }
        }
        location @failed {
            content_by_lua_block { require('apployd.balance').failed() }
        }
        location @unknown {
            content_by_lua_block { require('apployd.answer').send('NO_ROUTE') }
        }
        location @overloaded {
            content_by_lua_block { require('apployd.answer').overloaded() }
        }
        location = ${ownPath}/bad-request {
            internal;
            content_by_lua_block { require('apployd.answer').send('BAD_REQUEST') }
        }
        location = ${ownPath}/headers-too-large {
            internal;
            content_by_lua_block { require('apployd.answer').send('HEADERS_TOO_LARGE') }
        }
    }`;

/** How requests and answers pass: nothing held back, nothing believed that a visitor or an app says in the edge's name. */
const passing = ({ connectTimeoutMs, answerTimeoutMs }: NginxSettings) => `
        proxy_http_version 1.1;
        proxy_buffering off;
        proxy_request_buffering off;
        proxy_buffer_size 32k;
        proxy_buffers 8 32k;
        proxy_max_temp_file_size 0;
        proxy_connect_timeout ${connectTimeoutMs}ms;
        proxy_read_timeout ${answerTimeoutMs}ms;
        proxy_send_timeout 600s;
        proxy_next_upstream error timeout;
        proxy_socket_keepalive on;
        proxy_set_header Host $apployd_host;
        proxy_set_header Connection $apployd_connection;
        proxy_set_header Upgrade $apployd_upgrade;
        proxy_set_header X-Forwarded-For $apployd_for;
        proxy_set_header X-Forwarded-Host $apployd_said_host;
        proxy_set_header X-Forwarded-Proto $apployd_said_scheme;
        proxy_set_header X-Request-Id $apployd_request_id;
${notPassed.map((name) => `        proxy_set_header ${name} "";`).join('\n')}
        proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;
        proxy_pass_header Date;
        proxy_pass_header Server;
        proxy_hide_header Apployd-Error;
        proxy_hide_header Proxy-Authenticate;
        add_header X-Request-Id $apployd_answer_id always;
        add_header Strict-Transport-Security $apployd_strict always;
        add_header X-Content-Type-Options $apployd_sniffing always;
        add_header Referrer-Policy $apployd_referrer always;`;

const notPassed = [
  'Forwarded',
  'X-Forwarded-Port',
  'X-Forwarded-Server',
  'X-Real-IP',
  'TE',
  'Keep-Alive',
  'Proxy-Connection',
  'Proxy-Authorization',
];

/** For the edge alone: the folder is closed to others. */
const control = (folder: string) => `
    server {
        listen ${quote(`unix:${folder}/control.sock`)};
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
        location = /traffic {
            content_by_lua_block { require('apployd.control').traffic() }
        }
        location = /waker {
            content_by_lua_block { require('apployd.control').reach_waker() }
        }
        location = /status {
            content_by_lua_block { require('apployd.control').status() }
        }
    }`;

/** A name without a certificate is refused at the handshake: the placeholder is never shown. */
function secured({ host, tls }: NginxSettings): string {
  if (!tls) return '';
  return `        listen ${listenAddress({ host, port: tls.port })} default_server ssl http2 backlog=4096;
        ssl_certificate ${quote(tls.placeholder)};
        ssl_certificate_key ${quote(tls.placeholder)};
        ssl_certificate_by_lua_block { require('apployd.certificates').shake_hands() }
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_ciphers HIGH:!aNULL:!MD5:!SHA1:!kRSA;
        ssl_prefer_server_ciphers off;
        ssl_session_tickets off;
        ssl_session_cache shared:apployd_tls:8m;
        ssl_session_timeout 1h;`;
}

function challenges({ tls }: NginxSettings): string {
  if (!tls) return '';
  return `        location @challenge {
            proxy_pass http://apployd_challenges;
        }`;
}

function listenAddress({ host, port }: Pick<NginxSettings, 'host' | 'port'>): string {
  if (host === '::') return `[::]:${port} ipv6only=off`;
  if (!/^[\w.:%-]+$/.test(host)) throw new Error(`${JSON.stringify(host)} is no address to listen at.`);
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
