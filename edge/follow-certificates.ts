import { backoffMs } from '@apployd/core/backoff';
import { systemClock, type Clock } from '@apployd/core/clock';
import { withinDeadline } from '@apployd/core/deadline';
import type { Events } from '@apployd/backplane/events/events';
import { looks } from '@apployd/backplane/events/looks';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Certificates } from './certificates.js';

export type CertificateFollowing = {
  readonly certificates: Certificates;
  readonly events: Events;
  readonly log: Logger;
  readonly clock?: Clock;
};

const lookAgainMs = 5_000;
/** Rows that were deleted are found this late. */
const sweepMs = 60_000;
const firstLookMs = 2_000;

/** What is known before anybody is served: of a database that is away, what an earlier run knew. */
export async function firstCertificates(following: CertificateFollowing, signal: AbortSignal): Promise<void> {
  const { certificates, log, clock = systemClock } = following;
  await certificates
    .restore()
    .catch((err: unknown) => log.error({ err }, 'the snapshot of the certificates is of no use and is ignored'));
  const looked = certificates
    .catchUp()
    .catch((err: unknown) => log.warn({ err }, 'the certificates cannot be read yet'));
  await withinDeadline(signal, firstLookMs, (late) => Promise.race([looked, clock.sleep(firstLookMs, late)])).catch(
    () => signal.throwIfAborted(),
  );
}

/** Follows the rows, through any outage, until the signal. */
export async function followCertificates(following: CertificateFollowing, signal: AbortSignal): Promise<void> {
  const { certificates, events, log, clock = systemClock } = following;
  let failures = 0;
  let sweptAt = -Infinity;
  for await (const _ of looks(events, 'certificate', null, lookAgainMs, signal)) {
    const now = clock.now().getTime();
    const isSweep = now - sweptAt >= sweepMs;
    try {
      await (isSweep ? certificates.sweep() : certificates.catchUp());
      if (isSweep) sweptAt = now;
      failures = 0;
    } catch (err) {
      failures += 1;
      if (failures === 1) log.error({ err }, 'the certificates cannot be followed; those that are known serve on');
      await clock.sleep(backoffMs(failures, 200, 10_000), signal).catch(() => undefined);
    }
  }
}
