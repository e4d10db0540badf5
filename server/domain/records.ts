import { isIPv6 } from 'node:net';
import { challengeName, isWildcard, type DomainFindings } from '@apployd/core/domain';
import { parse } from 'tldts';

/** A record that is to be set at the name's provider, and what the last check has found in its place. */
export type DnsRecord = {
  readonly type: 'TXT' | 'CNAME' | 'ALIAS' | 'A' | 'AAAA';
  readonly name: string;
  readonly value: string;
  readonly observed: readonly string[];
  readonly ok: boolean;
};

export type RecordsOf = {
  readonly name: string;
  readonly proof: string;
  /** The platform's own host name for its environment. */
  readonly hostname: string;
  /** Where visitors reach the platform; none when it was not told. */
  readonly edgeAddresses: readonly string[];
  readonly findings: DomainFindings | null;
};

export function recordsOf(domain: RecordsOf): readonly DnsRecord[] {
  return [proofRecord(domain), ...addressRecords(domain)];
}

function proofRecord({ name, proof, findings }: RecordsOf): DnsRecord {
  const ok = findings?.proof === 'FOUND';
  return { type: 'TXT', name: challengeName(name), value: proof, observed: findings?.proofs ?? [], ok };
}

/** A name of which nothing is above but a public suffix cannot have a CNAME: its provider follows an ALIAS, or it has addresses. */
function addressRecords({ name, hostname, edgeAddresses, findings }: RecordsOf): readonly DnsRecord[] {
  const found = { observed: findings?.addresses ?? [], ok: findings !== null && leadsHere.includes(findings.leads) };
  const isApex = !isWildcard(name) && parse(name, { allowPrivateDomains: true }).domain === name;
  if (!isApex) return [{ type: 'CNAME', name, value: hostname, ...found }];
  if (edgeAddresses.length === 0) return [{ type: 'ALIAS', name, value: hostname, ...found }];
  return edgeAddresses.map((value) => ({ type: isIPv6(value) ? 'AAAA' : 'A', name, value, ...found }));
}

const leadsHere: readonly DomainFindings['leads'][] = ['HERE', 'HERE_TOO', 'PROXY'];
