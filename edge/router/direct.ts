import type { IncomingMessage } from 'node:http';
import type { Destination } from './destination.js';
import { apiPage, errorAnswer, healthAnswer, type OwnAnswer, type OwnErrorCode } from './own-answer.js';
import type { InFront } from './in-front.js';
import type { platformDestinations } from './platform-destinations.js';
import type { RouteTable } from './route-table.js';
import { takeHostname } from './visit.js';

/** Decides who answers a request: a destination, which may sleep, or the edge itself. */
export type Direct = (req: IncomingMessage) => Destination | OwnAnswer;

export const healthPath = '/.well-known/apployd/edge/health';

export function director(parts: {
  readonly table: RouteTable;
  readonly platform: ReturnType<typeof platformDestinations>;
  readonly isReady: () => boolean;
  /** No more requests of this environment may be open, by whichever of its host names they come. */
  readonly isFull: (environmentId: string) => boolean;
  /** What is answered for an app before it is asked; null: nothing. */
  readonly inFront: InFront;
  readonly onError: (code: OwnErrorCode) => void;
}): Direct {
  const { table, platform, isReady, isFull, inFront, onError } = parts;

  const find = (hostname: string, req: IncomingMessage): Destination | OwnAnswer | OwnErrorCode | null => {
    const found = platform(hostname, req.url ?? '/');
    if (found !== undefined) return found;
    const route = table.find(hostname);
    if (!route) return 'NO_ROUTE';
    const answered = inFront(route, hostname, req);
    if (answered) return answered;
    if (route.targets.length === 0 && !route.isAsleep) return 'NOBODY_HOME';
    return route.environmentId !== null && isFull(route.environmentId) ? 'OVERLOADED' : route;
  };

  return (req) => {
    const hostname = takeHostname(req);
    const url = req.url ?? '/';
    const { accept } = req.headers;
    if (url === healthPath) return healthAnswer(isReady());
    const found = hostname === null || hasOddCoding(req) ? 'BAD_REQUEST' : find(hostname, req);
    if (found === null) return apiPage(accept);
    if (typeof found !== 'string') return found;
    onError(found);
    return errorAnswer(found, accept);
  };
}

/** Only whole chunks are understood alike by all; anything else is how requests are smuggled. */
function hasOddCoding(req: IncomingMessage): boolean {
  const coding = req.headers['transfer-encoding'];
  return coding !== undefined && coding.toLowerCase() !== 'chunked';
}
