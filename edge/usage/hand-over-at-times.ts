import type { Logger } from '@apployd/backplane/log/logger';
import { deadlineIn } from '@apployd/core/deadline';

/** Hands over once at a time, and not more often than anybody looks at the figures. */
export type HandingOver = {
  /** Does not wait for it. */
  sometimes(): void;
  /**
   * What was counted until now; waits for a moment and no longer, and does not try where it failed last. What does not get
   * there is in the spool.
   */
  now(): Promise<void>;
};

const everyMs = 10_000;
const lastMs = 3_000;

export function handOverAtTimes(handOver: () => Promise<void>, log: Logger, now: () => number = Date.now): HandingOver {
  let under: Promise<void> = Promise.resolve();
  let isUnderWay = false;
  let begunAt = -Infinity;
  let hasFailed = false;

  const begin = () => {
    isUnderWay = true;
    begunAt = now();
    under = handOver()
      .then(() => (hasFailed = false))
      .catch((err: unknown) => {
        if (!hasFailed) log.warn({ err }, 'the usage cannot be handed over; it is kept until it can');
        hasFailed = true;
      })
      .then(() => void (isUnderWay = false));
    return under;
  };

  return {
    sometimes: () => {
      if (!isUnderWay && now() - begunAt >= everyMs) void begin();
    },
    now: async () => {
      const late = deadlineIn(lastMs);
      const waited = new Promise<void>((resolve) => {
        late.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([under.then(() => (hasFailed ? undefined : begin())), waited]);
    },
  };
}
