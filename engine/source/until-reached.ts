import { backoffMs } from '@apployd/core/backoff';
import type { Clock } from '@apployd/core/clock';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { emptyFolder } from './empty-folder.js';
import { HostUnreachable } from './git-failure.js';

export type Reach = {
  readonly clock: Clock;
  /** What is fetched into: emptied before another try. */
  readonly into: string;
  /** Told of each try but the first. */
  readonly log: LogWriter;
  readonly signal: AbortSignal;
};

const tries = 3;
const firstPauseMs = 1_000;
const longestPauseMs = 8_000;

/** Does what needs a host, up to three times while that is not reached: most faults of a network pass within seconds. */
export async function untilReached<T>({ clock, into, log, signal }: Reach, work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HostUnreachable) || tried === tries) throw error;
      const pauseMs = backoffMs(tried, firstPauseMs, longestPauseMs);
      const pause = `${(pauseMs / 1_000).toFixed(1)} s`;
      log.line(`Not reached: ${error.complaint} Trying again in ${pause} (${tried + 1} of ${tries}).`, 'PLATFORM');
      await clock.sleep(pauseMs, signal);
      await emptyFolder(into);
    }
  }
}
