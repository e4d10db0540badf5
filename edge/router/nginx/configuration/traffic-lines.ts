import { quote } from '../quote.js';
import type { NginxSettings } from './settings.js';

/**
 * A line for each request that is over and counts for somebody (see `traffic-lines.ts`), written at once: what is in no buffer
 * outlives a worker that dies. Of a WebSocket Nginx itself counts no more than its handshake.
 */
export const trafficLines = ({ trafficLog }: NginxSettings) => `
    map "$status:$upstream_bytes_sent" $apployd_received {
        "~^101:(?:.*\\D)?(\\d+)\\D*$" $1;
        default $request_length;
    }
    log_format apployd_traffic '$msec $apployd_received $bytes_sent $apployd_counted $apployd_environment';
    access_log ${quote(trafficLog)} apployd_traffic if=$apployd_counted;`;
