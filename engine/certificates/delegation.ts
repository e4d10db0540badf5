import { createHash } from 'node:crypto';
import { acmeName } from '@apployd/core/certificate';
import type { Dns } from '../dns/dns.js';
import type { Resolver } from '../resolver/resolver.js';
import type { ProofPlace } from './certificates.js';

export type DelegationParts = {
  readonly dns: Pick<Dns, 'covers'>;
  readonly resolver: Pick<Resolver, 'cname'>;
  readonly baseDomain: string;
};

/**
 * A domain whose zone is at the platform's own provider is proven there. Of any other its owner hands the one name that an
 * authority looks at on to a name below the platform's domain, once, and keeps all else.
 */
export async function proofPlace(
  { dns, resolver, baseDomain }: DelegationParts,
  domain: string,
  signal: AbortSignal,
): Promise<ProofPlace> {
  const own = acmeName(domain);
  if (await dns.covers(own, signal)) return { at: own, alias: null, observed: null };
  const alias = aliasOf(own, baseDomain);
  if (!(await dns.covers(alias, signal))) return { at: null, alias: null, observed: null };
  const observed = await resolver.cname(own, signal).catch(() => null);
  return { at: observed === alias ? alias : null, alias, observed };
}

/** No app is there: their host names have no underscore. The same for as long as the domain is known. */
function aliasOf(own: string, baseDomain: string): string {
  return `${createHash('sha256').update(own).digest('hex').slice(0, 32)}._acme-challenge.${baseDomain}`;
}
