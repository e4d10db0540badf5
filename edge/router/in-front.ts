import type { IncomingMessage } from 'node:http';
import { inForce } from '@apployd/core/bandwidth';
import { bodyLimits } from '@apployd/core/edge-settings';
import { otherHost } from '@apployd/core/host-redirect';
import { redirectFor } from '@apployd/core/redirect';
import { limitsByTier, limitTier } from '@apployd/core/visitor-limit';
import type { Destination } from './destination.js';
import { bandwidthUsedAnswer, errorAnswer, redirectAnswer, type OwnAnswer, type OwnErrorCode } from './own-answer.js';
import type { RouteTable } from './route-table.js';
import type { VisitLimits } from './visit-limits.js';

/** What an edge answers in the place of an app, by the settings of its environment; null: nothing. */
export type InFront = (route: Destination, hostname: string, req: IncomingMessage) => OwnAnswer | OwnErrorCode | null;

/** In the order of what costs less. Who knows a password is asked last, and not here. `lua/in-front.ts` is the same. */
export function inFront(parts: {
  readonly table: RouteTable;
  readonly limits: VisitLimits;
  /** Whether a visitor who is sent to that name gets there as they came. */
  readonly isServed: (hostname: string, req: IncomingMessage) => boolean;
  readonly visitorOf: (req: IncomingMessage) => string;
  readonly onError: (code: OwnErrorCode) => void;
}): InFront {
  const { table, limits, isServed, visitorOf, onError } = parts;
  return (route, hostname, req) => {
    const { edge, environmentId } = route;
    const url = req.url ?? '/';
    const tier = limitTier(edge);
    if (tier && environmentId && !limits.admit(environmentId, visitorOf(req), limitsByTier[tier]))
      return 'TOO_MANY_REQUESTS';
    const limit = inForce(route.bandwidth, new Date());
    if (limit?.rule === 'STOP') {
      onError('BANDWIDTH_USED');
      return bandwidthUsedAnswer(new Date(limit.until), req.headers.accept);
    }
    const host = otherHost(edge.hostRedirect, hostname);
    if (host && table.find(host)?.environmentId === environmentId && isServed(host, req))
      return unkept(redirectAnswer({ status: 308, location: `//${host}${portOf(req)}${url}` }));
    if (edge.maintenance) {
      onError('MAINTENANCE');
      return errorAnswer('MAINTENANCE', req.headers.accept, { text: edge.maintenanceMessage ?? undefined });
    }
    const redirect = redirectFor(route.redirects, url);
    if (redirect) return redirectAnswer(redirect);
    return Number(req.headers['content-length'] ?? 0) > mostBytesOf(route) ? 'BODY_TOO_LARGE' : null;
  };
}

/** What a body may be at most. */
export function mostBytesOf({ edge }: Destination): number {
  return edge.bodyLimit === 'UNLIMITED' ? Infinity : bodyLimits[edge.bodyLimit];
}

/** Both ways can be wanted one after the other: who kept both would go in a circle. */
const unkept = (answer: OwnAnswer): OwnAnswer => ({
  ...answer,
  headers: { ...answer.headers, 'cache-control': 'no-store' },
});

const portOf = ({ headers }: IncomingMessage) => /:\d{1,5}$/.exec(headers.host ?? '')?.[0] ?? '';
