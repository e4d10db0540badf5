import { acmeName } from '@apployd/core/certificate';
import type { Clock } from '@apployd/core/clock';
import { deadlineIn, withinDeadline } from '@apployd/core/deadline';
import type { Dns } from '../dns/dns.js';
import { CertificateFailure, type ProofPlaces } from './certificates.js';
import { proofPlace, type DelegationParts } from './delegation.js';

/** Proves a domain by a TXT record. */
export type DnsChallenges = ProofPlaces & {
  /** The name at which it is to be set. Rejects with a `CertificateFailure` where it could not be. */
  requirePlace(domain: string, signal: AbortSignal): Promise<string>;
  /** Resolves, once name servers have had the time to know it, with what takes the record away again. */
  publish(name: string, content: string, signal: AbortSignal): Promise<() => Promise<void>>;
};

const changesWithinMs = 30_000;

export type DnsChallengesParts = DelegationParts & {
  readonly dns: Dns;
  readonly clock: Clock;
  /** How long the provider takes to tell its name servers. */
  readonly waitMs: number;
};

export function dnsChallenges(parts: DnsChallengesParts): DnsChallenges {
  const { dns, clock, waitMs } = parts;
  const place: DnsChallenges['place'] = (domain, signal) =>
    withinDeadline(signal, changesWithinMs, (stop) => proofPlace(parts, domain, stop));
  return {
    place,
    requirePlace: async (domain, signal) => {
      const { at, alias, observed } = await place(domain, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new CertificateFailure('DNS_PROVIDER_FAILED', wordsOf(error));
      });
      if (at) return at;
      const name = acmeName(domain);
      if (alias)
        throw new CertificateFailure('NOT_DELEGATED', `${name} leads to ${observed ?? 'nothing'}, not to ${alias}.`);
      const message = `${name} is in no zone that may be changed at the DNS provider.`;
      throw new CertificateFailure('DNS_PROVIDER_FAILED', message);
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

/** Where a wildcard is proven; null: it is none. Rejects where nothing could come of an order, which would count at the authority. */
export async function requireProof(
  hostname: string,
  dns: DnsChallenges | null,
  signal: AbortSignal,
): Promise<string | null> {
  if (!hostname.startsWith('*.')) return null;
  if (!dns) throw new CertificateFailure('DNS_PROVIDER_FAILED', 'No DNS provider is configured.');
  return dns.requirePlace(hostname, signal);
}
