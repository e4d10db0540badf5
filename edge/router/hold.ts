import type { IncomingMessage } from 'node:http';
import type { Destination } from './destination.js';
import type { Holding } from './holding.js';
import type { OwnErrorCode } from './own-answer.js';

/** How long somebody is held: a person is shown soon that something happens, a program waits for its answer. */
export type HoldTimes = { readonly browserMs: number; readonly programMs: number };

export const usualHoldTimes: HoldTimes = { browserMs: 2_000, programMs: 30_000 };

/** Holds a request for what sleeps. Null once it may go on, also when its sender has left; else what it is answered. */
export async function hold(
  holding: Holding,
  { hostname, environmentId, isAsleep }: Destination,
  req: IncomingMessage,
  times: HoldTimes,
  signal: AbortSignal,
): Promise<OwnErrorCode | null> {
  if (!isAsleep || environmentId === null) return null;
  const forMs = isBrowsing(req) ? times.browserMs : times.programMs;
  const how = await holding.wait({ hostname, environmentId }, forMs, signal);
  if (how === 'full') return 'OVERLOADED';
  return how === 'late' ? 'WAKING' : null;
}

/** A page that a person looks at: asking for it again does no harm. */
function isBrowsing({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade === undefined && (headers.accept ?? '').includes('text/html');
}
