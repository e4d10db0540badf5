import { notPassed } from './passing.js';
import type { NginxSettings } from './settings.js';

/** The same as `passing` for apps that speak HTTP/2 without TLS. A call may be quiet for long, both ways. */
export const overHttp2 = ({ connectTimeoutMs }: NginxSettings) =>
  [
    `grpc_connect_timeout ${connectTimeoutMs}ms;`,
    'grpc_read_timeout 24h; grpc_send_timeout 24h; client_body_timeout 24h;',
    'grpc_socket_keepalive on; grpc_buffer_size 32k; grpc_next_upstream error timeout;',
    'grpc_set_header Host $apployd_host; grpc_set_header TE trailers;',
    'grpc_set_header X-Forwarded-For $apployd_for; grpc_set_header X-Forwarded-Host $apployd_said_host;',
    'grpc_set_header X-Forwarded-Proto $apployd_said_scheme; grpc_set_header X-Request-Id $apployd_request_id;',
    ...notPassed.filter((name) => name !== 'TE').map((name) => `grpc_set_header ${name} "";`),
    'grpc_ignore_headers X-Accel-Redirect X-Accel-Charset;',
    'grpc_pass_header Date; grpc_pass_header Server; grpc_hide_header Apployd-Error; grpc_hide_header Proxy-Authenticate;',
    'grpc_pass grpc://apployd_http2;',
  ].join(' ');
