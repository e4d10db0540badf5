import { systemClock, type Clock } from '@apployd/core/clock';
import type { Logger } from '@apployd/backplane/log/logger';

export type KeepCounting = { readonly look: () => Promise<void>; readonly log: Logger; readonly clock?: Clock };

/** What an embedded router counted since is lost with its process. */
const everyMs = 3_000;

/** Looks at what has passed, whether the database is there or not, until the signal. */
export async function keepCounting(
  { look, log, clock = systemClock }: KeepCounting,
  signal: AbortSignal,
): Promise<void> {
  let isTroubled = false;
  for (;;) {
    await clock.sleep(everyMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await look();
      isTroubled = false;
    } catch (error) {
      if (!isTroubled) log.error({ err: error }, 'what passes cannot be counted at the moment');
      isTroubled = true;
    }
  }
}
