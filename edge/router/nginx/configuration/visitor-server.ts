import { bodyLimits } from '@apployd/core/edge-settings';
import { healthPath } from '../../direct.js';
import { challengePlace } from './challenges.js';
import { listenAddress } from './listen-address.js';
import { overHttp2 } from './over-http2.js';
import { passing } from './passing.js';
import type { NginxSettings } from './settings.js';
import { tlsListener } from './tls-listener.js';

/** Where Nginx itself turns to; a visitor who asks for it finds nothing. */
const ownPath = '/.well-known/apployd/edge';

/** Named places keep the variables of a request: one that is counted as open already must be told as over. */
const errorPlaces =
  'error_page 400 405 501 505 = @bad_request; error_page 413 = @body_too_large; error_page 414 494 = @headers_too_large; ' +
  'error_page 404 = @unknown; error_page 503 = @overloaded; error_page 500 502 504 = @failed;';

const limitedHttp2 = (settings: NginxSettings) =>
  Object.entries(bodyLimits)
    .map(
      ([name, bytes]) =>
        `        location @http2_${name} { client_max_body_size ${bytes}; ${errorPlaces} ${overHttp2(settings)} }`,
    )
    .join('\n');

const stream = 'proxy_read_timeout 24h; proxy_send_timeout 24h;';

/** What a body may be at most cannot be a variable: there is a place for each size. */
const limitedPlaces = Object.entries(bodyLimits)
  .flatMap(([name, bytes]) => [
    `        location @limited_${name} { client_max_body_size ${bytes}; ${errorPlaces} proxy_pass http://$apployd_pool; }`,
    `        location @stream_${name} { ${stream} client_max_body_size ${bytes}; ${errorPlaces} proxy_pass http://$apployd_pool; }`,
  ])
  .join('\n');

export const visitorServer = (settings: NginxSettings) => `
    server {
        listen ${listenAddress(settings)} default_server backlog=4096;
${tlsListener(settings)}
        server_name _;
        absolute_redirect off;
        set $apployd_site '';
        set $apployd_is_own '';
        set $apployd_counted '';
        set $apployd_open '';
        set $apployd_address '';
        set $apployd_environment '';
        set $apployd_target '';
        set $apployd_failed '';
        set $apployd_verdict '';
        set $apployd_by_edge '';
        set $apployd_visitor '';
        set $apployd_unwatched '';
        set $apployd_http2 '';
        set $apployd_number '';
        set $apployd_rollout '';
        set $apployd_side '';
        set $apployd_given '';
        set $apployd_chosen_sniffing '';
        set $apployd_chosen_referrer '';
        set $apployd_chosen_strict '';
        set $apployd_host $http_host;
        set $apployd_for $${settings.trustedProxies.length > 0 ? 'apployd_seen_by' : 'remote_addr'};
        set $apployd_pool apployd_kept;
        limit_conn apployd_addresses ${settings.mostPerAddress};
        limit_conn apployd_environments ${settings.mostPerEnvironment};
        log_by_lua_block {
            require('apployd.meter').count() require('apployd.limits').leave()
            require('apployd.unwatched_bodies').leave() require('apployd.rollout').count()
        }
        header_filter_by_lua_block {
            require('apployd.in_front').further() require('apployd.rollout').tell()
            require('apployd.unwatched_bodies').leave()
        }
        # What cannot be read has no place yet, and goes to none that is named.
        error_page 400 405 501 505 = ${ownPath}/bad-request;
        error_page 413 = ${ownPath}/body-too-large;
        error_page 414 494 = ${ownPath}/headers-too-large;
        error_page 404 = @unknown;
        error_page 503 = @overloaded;
        error_page 500 502 504 = @failed;
        recursive_error_pages on;
${passing(settings)}
        location / {
            ${errorPlaces}
            rewrite_by_lua_block { require('apployd.visit').enter() }
            proxy_pass http://$apployd_pool;
        }
        location @again {
            ${errorPlaces}
            proxy_pass http://$apployd_pool;
        }
        location @stream {
            ${errorPlaces}
            ${stream}
            proxy_pass http://$apployd_pool;
        }
${limitedPlaces}
        location @http2 { ${errorPlaces} ${overHttp2(settings)} }
${limitedHttp2(settings)}
${challengePlace(settings)}
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
        location @bad_request {
            content_by_lua_block { require('apployd.answer').send('BAD_REQUEST') }
        }
        location = ${ownPath}/body-too-large {
            internal;
            content_by_lua_block { require('apployd.answer').send('BODY_TOO_LARGE') }
        }
        location @body_too_large {
            content_by_lua_block { require('apployd.answer').send('BODY_TOO_LARGE') }
        }
        location = ${ownPath}/headers-too-large {
            internal;
            content_by_lua_block { require('apployd.answer').send('HEADERS_TOO_LARGE') }
        }
        location @headers_too_large {
            content_by_lua_block { require('apployd.answer').send('HEADERS_TOO_LARGE') }
        }
    }`;
