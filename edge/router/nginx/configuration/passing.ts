import type { NginxSettings } from './settings.js';

/** How requests and answers pass: nothing held back, nothing believed that a visitor or an app says in the edge's name. */
export const passing = ({ connectTimeoutMs, answerTimeoutMs }: NginxSettings) => `
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

/** Said by nobody but the edge, or between two neighbours only. */
export const notPassed = [
  'Forwarded',
  'X-Forwarded-Port',
  'X-Forwarded-Server',
  'X-Real-IP',
  'TE',
  'Keep-Alive',
  'Proxy-Connection',
  'Proxy-Authorization',
];
