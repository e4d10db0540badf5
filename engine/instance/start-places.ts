import type { Clock } from '@apployd/core/clock';

/**
 * How many apps may be starting at once on a machine that brings them back, all of them after a reboot: more only slow each
 * other down. Who takes long keeps nobody waiting: their place is another's after some time, while they go on.
 */
export type StartPlaces = {
  /** Does the work once there is a place for it, in the order of asking. Rejects with the signal's reason while it waits. */
  within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
};

type Options = { readonly places: number; readonly heldMs: number; readonly clock: Pick<Clock, 'sleep'> };

export function startPlaces({ places, heldMs, clock }: Options): StartPlaces {
  const waiting = new Set<() => void>();
  let taken = 0;

  const leave = (): void => {
    taken -= 1;
    const [next] = waiting;
    next?.();
  };

  const enter = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = () => {
        forget();
        taken += 1;
        resolve();
      };
      const giveUp = () => {
        forget();
        reject(signal.reason as Error);
      };
      const forget = () => {
        waiting.delete(begin);
        signal.removeEventListener('abort', giveUp);
      };
      if (signal.aborted) return giveUp();
      if (taken < places) return begin();
      waiting.add(begin);
      signal.addEventListener('abort', giveUp, { once: true });
    });

  return {
    async within(signal, work) {
      await enter(signal);
      const over = new AbortController();
      const held = clock.sleep(heldMs, over.signal).catch(() => undefined);
      void held.then(leave);
      try {
        return await work();
      } finally {
        over.abort();
      }
    },
  };
}
