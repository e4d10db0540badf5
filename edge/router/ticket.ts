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
  let isCounted = false;
  return {
    number,
    answered: (status) => {
      if (!isCounted) counts.add(side, status, performance.now() - begunAt);
      isCounted = true;
    },
    told: (pairs) => [
      ...forOneVisitor(pairs),
      ...(given === null ? ['set-cookie', setCookie(tag, number, isSecure)] : []),
    ],
  };
}

/** By what a neighbour in front says which number it has drawn; from nobody else. */
export const relayedNumber = 'apployd-number';

/** The neighbour counts what comes of it, and tells the visitor. */
export function relayedTicket({ headers }: IncomingMessage): Ticket | null {
  const said = headers[relayedNumber];
  delete headers[relayedNumber];
  if (typeof said !== 'string' || !/^\d{1,4}$/.test(said)) return null;
  return { number: Number(said), answered: () => undefined, told: (pairs) => [...pairs] };
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
