import type { EdgeConfig } from './config.js';

/** The platform's own host, fronted so that its API and its dashboard are one origin. */
export type Platform = {
  readonly hostnames: readonly string[];
  /** `host:port` of the API server. */
  readonly server: string;
  /** `host:port` of the dashboard; without one a page says where the API is. */
  readonly dashboard: string | null;
};

type Settings = Pick<
  EdgeConfig,
  'APPLOYD_PUBLIC_URL' | 'APPLOYD_BASE_DOMAIN' | 'APPLOYD_SERVER_URL' | 'APPLOYD_DASHBOARD_URL'
>;

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** The platform's own host names, and who serves them. On a developer's machine it is at every name of the machine itself. */
export function platformOf(config: Settings): Platform {
  const { hostname } = new URL(config.APPLOYD_PUBLIC_URL);
  return {
    hostnames: config.APPLOYD_BASE_DOMAIN === 'localhost' ? [hostname, ...loopback] : [hostname],
    server: addressOf(config.APPLOYD_SERVER_URL),
    dashboard: config.APPLOYD_DASHBOARD_URL === undefined ? null : addressOf(config.APPLOYD_DASHBOARD_URL),
  };
}

function addressOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || 80}`;
}
