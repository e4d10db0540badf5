import { normalHostname } from '@apployd/core/hostname';
import { redirectFor } from '@apployd/core/redirect';
import { hourOf } from '@apployd/core/usage';
import type { OwnErrorCode } from './own-answer.js';
import { routeTable } from './route-table.js';
import type { Router } from './router.js';

/** A router without sockets: `visit` tells which address a visitor would have reached, or where one is sent. */
export type FakeRouter = Router & { visit(host: string, path?: string): string | OwnErrorCode };

export function fakeRouter(): FakeRouter {
  const table = routeTable();
  const requests = new Map<string, { environmentId: string; requests: number }>();
  return {
    apply: async (routes) => void table.apply(routes),
    forget: async (hostnames) => void table.forget(hostnames),
    certify: async () => {},
    decertify: async () => {},
    traffic: async (after = {}) => {
      const samples = [...requests].map(([hostname, count]) => ({
        hostname,
        ...count,
        hour: hourOf(new Date()),
        bytesIn: 0,
        bytesOut: 0,
        open: 0,
      }));
      requests.clear();
      return { samples, mark: after };
    },
    sides: async () => [],
    listen: async () => ({ host: '127.0.0.1', port: 1, tlsPort: null }),
    close: async () => {},
    visit: (host, path = '/') => {
      const found = table.find(normalHostname(host));
      const redirect = redirectFor(found?.redirects ?? [], path);
      if (redirect) return `${redirect.status} ${redirect.location}`;
      const target = found?.next();
      if (!found) return 'NO_ROUTE';
      if (!target) return 'NOBODY_HOME';
      const environmentId = found.environmentId ?? '';
      requests.set(found.hostname, { environmentId, requests: (requests.get(found.hostname)?.requests ?? 0) + 1 });
      return `${target.host}:${target.port}`;
    },
  };
}
