import type { IncomingMessage } from 'node:http';
import type { Destination } from './destination.js';
import { drawNumber, keptPrivately, numberIn, setCookie, sharedCacheHeaders, withoutOurs } from './release-cookie.js';
import type { SideCounts } from './side-counts.js';

/** A visit while a rollout serves two releases: to which of them it goes, and what comes of it. */
export type Ticket = {
  /** Of the visitor, as long as the rollout lasts. */
  readonly number: number;
  /** Told once, when its answer begins: that of the app, or of the edge for want of one. */
  answered(status: number): void;
  /** Told after that: what was answered was an error in the end, as a call of gRPC says in its trailers. */
  failed(): void;
  /**
   * Told when the visit is over, whether or not it was answered. Who has waited for a while and left without an answer counts
   * as answered that late: a release that hangs would seem to be a fast one otherwise.
   */
  left(): void;
  /** What the answer says besides; flat pairs, and so is what comes back. */
  told(pairs: readonly string[]): string[];
};

/**
 * Draws a number for who has none of this rollout. The app does not see the cookie. Null where there is no rollout. The headers
 * of the request are those that the app gets: by them the visitor is on HTTPS or not.
 */
export function takeTicket({ rollout }: Destination, req: IncomingMessage, counts: SideCounts): Ticket | null {
  const { cookie } = req.headers;
  if (cookie !== undefined) {
    const others = withoutOurs(cookie);
    if (others === undefined) delete req.headers.cookie;
    else req.headers.cookie = others;
  }
  if (!rollout) return null;
  const { deploymentId, tag } = rollout;
  const isSecure = req.headers['x-forwarded-proto'] === 'https';
  const given = numberIn(cookie, tag, isSecure);
  const number = given ?? drawNumber();
  const side = { deploymentId, isNew: rollout.isNew(number) };
  const begunAt = performance.now();
  let counted: number | null = null;
  const count = (status: number, ms: number) => {
    if (counted === null) counts.add(side, status, ms);
    counted ??= status;
  };
  return {
    number,
    answered: (status) => count(status, performance.now() - begunAt),
    failed: () => {
      if (counted !== null && counted < 500) counts.fail(side);
    },
    left: () => {
      const ms = performance.now() - begunAt;
      if (ms >= patientMs) count(clientClosed, ms);
    },
    told: (pairs) => [
      ...forOneVisitor(pairs),
      ...(given === null ? ['set-cookie', setCookie(tag, number, isSecure)] : []),
    ],
  };
}

/** Who leaves sooner says nothing about the release: they may have changed their mind. `lua/rollout.ts` has the same. */
export const patientMs = 1_000;

/** In the words of Nginx; no error of the release's. */
const clientClosed = 499;

/** By what a neighbour in front says which number it has drawn; from nobody else. */
export const relayedNumber = 'apployd-number';

/** The neighbour counts what comes of it, and tells the visitor. */
export function relayedTicket({ headers }: IncomingMessage): Ticket | null {
  const said = headers[relayedNumber];
  delete headers[relayedNumber];
  if (typeof said !== 'string' || !/^\d{1,4}$/.test(said)) return null;
  const tellNobody = () => undefined;
  return {
    number: Number(said),
    ...{ answered: tellNobody, failed: tellNobody, left: tellNobody },
    told: (pairs) => [...pairs],
  };
}

function forOneVisitor(pairs: readonly string[]): string[] {
  const others: string[] = [];
  const control: string[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const [name = '', value = ''] = pairs.slice(i, i + 2);
    const key = name.toLowerCase();
    if (key === 'cache-control') control.push(value);
    else if (!sharedCacheHeaders.includes(key)) others.push(name, value);
  }
  return [...others, 'cache-control', keptPrivately(control.join(', '))];
}
