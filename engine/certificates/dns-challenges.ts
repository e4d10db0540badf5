import type { Clock } from '@apployd/core/clock';
import { deadlineIn, withinDeadline } from '@apployd/core/deadline';
import type { Dns } from '../dns/dns.js';
import { CertificateFailure } from './certificates.js';

/** Proves a domain by a TXT record. */
export type DnsChallenges = {
  /** Resolves, once name servers have had the time to know it, with what takes the record away again. */
  publish(name: string, content: string, signal: AbortSignal): Promise<() => Promise<void>>;
};

const changesWithinMs = 30_000;

export function dnsChallenges(parts: {
  readonly dns: Dns;
  readonly clock: Clock;
  /** How long the provider takes to tell its name servers. */
  readonly waitMs: number;
}): DnsChallenges {
  const { dns, clock, waitMs } = parts;
  return {
    publish: async (name, content, signal) => {
      const record = { type: 'TXT', name, content } as const;
      const remove = () => dns.remove(record, deadlineIn(changesWithinMs));
      try {
        await withinDeadline(signal, changesWithinMs, (stop) => dns.ensure([record], stop));
        await clock.sleep(waitMs, signal);
      } catch (error) {
        await remove().catch(() => undefined);
        signal.throwIfAborted();
        throw new CertificateFailure('DNS_PROVIDER_FAILED', error instanceof Error ? error.message : String(error));
      }
      // One that stays behind harms nobody, and must not turn a certificate into a failure.
      return () => remove().catch(() => undefined);
    },
  };
}
