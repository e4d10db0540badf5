import { quote } from '../quote.js';
import { listenAddress } from './listen-address.js';
import type { NginxSettings } from './settings.js';

/** A name without a certificate is refused at the handshake: the placeholder is never shown. */
export function tlsListener({ host, tls }: NginxSettings): string {
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
