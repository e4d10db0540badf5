import { strictTransport } from '../../secure-visit.js';
import type { NginxSettings } from './settings.js';

/** Who the visitor is, what may be believed of what is said, and what is added to an answer that has it not. */
export const visitorFacts = ({ trustedProxies }: NginxSettings) => `
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
    map "$apployd_chosen_sniffing$upstream_http_x_content_type_options" $apployd_sniffing {
        "" nosniff;
        default "";
    }
    map "$https:$apployd_is_own:$apployd_chosen_strict$upstream_http_strict_transport_security" $apployd_strict {
        "on:1:" "${strictTransport}";
        default "";
    }
    map "$apployd_chosen_referrer$upstream_http_referrer_policy" $apployd_referrer {
        "" strict-origin-when-cross-origin;
        default "";
    }`;
