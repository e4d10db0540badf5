import type { NginxSettings } from './settings.js';

/** Patient with uploads, not with those who take their time over a header. */
export const limits = ({ headerMs, bodyIdleMs, workers }: NginxSettings) => `
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
    # A zone whose key changes needs another name: Nginx refuses a reload that gives it another key.
    limit_conn_zone $apployd_environment zone=apployd_environments:8m;
    limit_conn_zone $apployd_address zone=apployd_addresses:${addressMiB(workers)}m;
    limit_conn_status 503;
    limit_conn_log_level info;`;

/** Nobody is served where it is full: there is room for an address of its own for each connection that there may be. */
const addressMiB = (workers: number) => Math.max(8, 4 * workers);
