import type { Clock } from '@apployd/core/clock';
import { deadlineIn, withinDeadline } from '@apployd/core/deadline';
import type { Dns } from '../dns/dns.js';
import { CertificateFailure } from './certificates.js';

/** Proves a domain by a TXT record. */
export type DnsChallenges = {
  /** Rejects with a `CertificateFailure` where the record could not be set. */
  requireZone(name: string, signal: AbortSignal): Promise<void>;
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
    requireZone: async (name, signal) => {
      const look = withinDeadline(signal, changesWithinMs, (stop) => dns.covers(name, stop));
      const isCovered = await look.catch((error: unknown) => {
        signal.throwIfAborted();
        throw new CertificateFailure('DNS_PROVIDER_FAILED', wordsOf(error));
      });
      if (isCovered) return;
      throw new CertificateFailure(
        'DNS_PROVIDER_FAILED',
        `${name} is in no zone that may be changed at the DNS provider.`,
      );
    },
    publish: async (name, content, signal) => {
      const record = { type: 'TXT', name, content } as const;
      const remove = () => dns.remove(record, deadlineIn(changesWithinMs));
      try {
        await withinDeadline(signal, changesWithinMs, (stop) => dns.ensure([record], stop));
        await clock.sleep(waitMs, signal);
      } catch (error) {
        await remove().catch(() => undefined);
        signal.throwIfAborted();
        throw new CertificateFailure('DNS_PROVIDER_FAILED', wordsOf(error), { wasOrdered: true });
      }
      // One that stays behind harms nobody, and must not turn a certificate into a failure.
      return () => remove().catch(() => undefined);
    },
  };
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Where an authority looks for the record, for a domain and all names below it. */
export const challengeName = (domain: string): string => `_acme-challenge.${domain.replace(/^\*\./, '')}`;

/** Rejects where nothing could come of an order, which would count at the authority. */
export async function requireProof(hostname: string, dns: DnsChallenges | null, signal: AbortSignal): Promise<void> {
  if (!hostname.startsWith('*.')) return;
  if (!dns) throw new CertificateFailure('DNS_PROVIDER_FAILED', 'No DNS provider is configured.');
  await dns.requireZone(challengeName(hostname), signal);
}
