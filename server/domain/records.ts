import { isIPv6 } from 'node:net';
import { acmeName } from '@apployd/core/certificate';
import { bareName, challengeName, isWildcard, type DomainFindings } from '@apployd/core/domain';
import { parse } from 'tldts';

/** A record that is to be set at the name's provider, or removed there, and what the last check has found in its place. */
export type DnsRecord = {
  readonly type: 'TXT' | 'CNAME' | 'ALIAS' | 'A' | 'AAAA' | 'CAA';
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
  return [proofRecord(domain), ...addressRecords(domain), ...delegationRecords(domain)];
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

/** The platform proves a wildcard to an authority below its own domain, where the name's own provider hands that one name on to it. */
function delegationRecords({ name, findings }: RecordsOf): readonly DnsRecord[] {
  const delegation = findings?.delegation;
  if (!delegation) return [];
  const { to: value, observed } = delegation;
  return [{ type: 'CNAME', name: acmeName(name), value, observed: observed ? [observed] : [], ok: observed === value }];
}

/** The record that lets an authority issue too, beside those that are there. */
export function caaRecord(name: string, { caa, caaFrom }: DomainFindings, authority: string): DnsRecord {
  const { at, tag } = caaFrom ?? { at: bareName(name), tag: 'issue' };
  // Of a public suffix they are not theirs to change.
  const isTheirs = parse(at, { allowPrivateDomains: true }).domain !== null;
  const value = `0 ${tag} "${authority}"`;
  return { type: 'CAA', name: isTheirs ? at : bareName(name), value, observed: caa ?? [], ok: false };
}

/** Those of other addresses, which lead some visitors away. */
export function foreignRecords(name: string, addresses: readonly string[]): readonly DnsRecord[] {
  return addresses.map((value) => ({
    type: isIPv6(value) ? 'AAAA' : 'A',
    ...{ name, value, observed: [value], ok: false },
  }));
}

const leadsHere: readonly DomainFindings['leads'][] = ['HERE', 'HERE_TOO', 'PROXY'];
