import { normalHostname } from '@apployd/core/hostname';
import type { Platform } from '../platform.js';
import { destination, type Destination } from './destination.js';

/** Below these paths the server answers. */
export const serverPaths = ['/graphql', '/webhooks', '/uploads', '/audit', '/healthz'];

/** Answers who serves a path of the platform's own host: undefined for other hosts, null where a page of the edge's own goes. */
export function platformDestinations(
  platform: Platform,
): (hostname: string, url: string) => Destination | null | undefined {
  const hostnames = new Set(platform.hostnames.map(normalHostname));
  const server = destination({ hostname: 'platform server', environmentId: null, targets: [platform.server] });
  const dashboard = platform.dashboard
    ? destination({ hostname: 'platform dashboard', environmentId: null, targets: [platform.dashboard] })
    : null;
  return (hostname, url) => {
    if (!hostnames.has(hostname)) return undefined;
    return belongsToServer(url) ? server : dashboard;
  };
}

/** A whole first segment decides: `/graphqlx` is not `/graphql`. */
export function belongsToServer(url: string): boolean {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return serverPaths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}
