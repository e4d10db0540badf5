import type { Logger } from '../log/logger.js';
import { within } from '../within.js';
import type { Limits, Taken } from './limits.js';

const patienceMs = 500;
const restMs = 5_000;

/**
 * Limits that never stand in the way of the work: while the store is away, or slow, this process counts by itself. It is
 * asked again after a rest.
 */
export function withStandIn(store: Limits, standIn: Limits, log: Logger, now: () => number = Date.now): Limits {
  let restUntil = 0;
  let isAway = false;

  async function attempt<T>(ask: (limits: Limits) => Promise<T>): Promise<T> {
    if (now() < restUntil) return ask(standIn);
    try {
      const answer = await within(patienceMs, ask(store), 'The store of rate limits');
      isAway = false;
      return answer;
    } catch (error) {
      if (!isAway) log.warn({ err: error }, 'Rate limits cannot be read: counting in this process meanwhile.');
      isAway = true;
      restUntil = now() + restMs;
      return ask(standIn);
    }
  }

  return {
    take: (key, points, bucket) => attempt<Taken>((limits) => limits.take(key, points, bucket)),
    refund: (key, points, bucket) => attempt((limits) => limits.refund(key, points, bucket)),
    close: async () => void (await Promise.all([store.close(), standIn.close()])),
  };
}
