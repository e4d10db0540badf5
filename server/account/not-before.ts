import { systemClock, type Clock } from '@apployd/core/clock';

/** What the work comes to, but not before so much time has passed: whoever waits learns nothing from how long it took. */
export async function notBefore<T>(
  ms: number,
  work: Promise<T>,
  clock: Pick<Clock, 'sleep'> = systemClock,
): Promise<T> {
  const [outcome] = await Promise.allSettled([work, clock.sleep(ms)]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
