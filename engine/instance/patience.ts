import type { Clock } from '@apployd/core/clock';

export type Patience = {
  readonly isOver: () => boolean;
  /** Does work that is over after `mostMs` unless this process stands still: what is beyond that is not counted. */
  readonly during: <T>(mostMs: number, work: () => Promise<T>) => Promise<T>;
};

/** For so many milliseconds of the clock, without those in which this process stood still itself. */
export function patience(clock: Pick<Clock, 'now'>, ms: number): Patience {
  const now = () => clock.now().getTime();
  let endsAt = now() + ms;
  return {
    isOver: () => now() >= endsAt,
    during: async (mostMs, work) => {
      const begunAt = now();
      const done = await work();
      endsAt += Math.max(0, now() - begunAt - mostMs);
      return done;
    },
  };
}
