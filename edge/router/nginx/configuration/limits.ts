import type { NginxSettings } from './settings.js';

/** Patient with uploads, not with those who take their time over a header. */
export const limits = ({ headerMs, bodyIdleMs }: NginxSettings) => `
    server_tokens off;
    default_type application/octet-stream;
    tcp_nodelay on;
    reset_timedout_connection on;
    client_header_timeout ${headerMs}ms;
    client_body_timeout ${bodyIdleMs}ms;
    send_timeout 600s;
    keepalive_timeout 65s;
    keepalive_requests 1000000;
    large_client_header_buffers 4 32k;
    client_max_body_size 0;
    limit_conn_zone $apployd_counted zone=apployd_open:8m;
    limit_conn_status 503;
    limit_conn_log_level info;`;
