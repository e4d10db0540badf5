import { isIPv6 } from 'node:net';
import { acmeName, caaAllows } from '@apployd/core/certificate';
import { bareName, challengeName, isWildcard, type DomainFindings } from '@apployd/core/domain';
import type { Certificate } from '@apployd/prisma/generated/client/client';
import { found, utc, type Finding } from './finding.js';
import { port80Finding } from './port-80-finding.js';
import { rateBudgetFinding } from './rate-budget-finding.js';
import { caaRecord, foreignRecords, type DnsRecord } from './records.js';

/** What is looked at, in the order in which one thing needs the other. */
export const checkNames = ['TXT', 'A', 'AAAA', 'PROXY', 'CAA', 'PORT_80', 'DELEGATION', 'RATE_BUDGET'] as const;
export type CheckName = (typeof checkNames)[number];

export type Check = Finding & { readonly name: CheckName };

export type Diagnosed = {
  readonly name: string;
  readonly findings: DomainFindings | null;
  readonly records: readonly DnsRecord[];
  /** Null where none is wanted, or it is not theirs to know. */
  readonly certificate: Pick<Certificate, 'status' | 'failureCode' | 'attempts' | 'nextAttemptAt'> | null;
  /** Of the organization's orders of today, those that are used; null: it is not theirs to know. */
  readonly orders: number | null;
  readonly now: Date;
};

/** What the last check of a domain has found, one thing after the other. */
export function diagnose(domain: Diagnosed): readonly Check[] {
  const findings = domain.findings;
  // A wildcard is proven to an authority by a record, any other name on port 80.
  const other: CheckName = isWildcard(domain.name) ? 'PORT_80' : 'DELEGATION';
  const names = checkNames.filter((name) => name !== other);
  if (!findings) return names.map((name) => ({ name, ...notYet }));
  return names.map((name) => ({ name, ...checks[name](domain, findings) }));
}

const notYet = found('UNKNOWN', 'It was not looked at yet.');
const recordOf = ({ records }: Diagnosed, ...types: string[]) =>
  records.find(({ type }) => types.includes(type)) ?? null;

const checks: Readonly<Record<CheckName, (domain: Diagnosed, findings: DomainFindings) => Finding>> = {
  TXT: (domain, { proof, proofs }) => {
    const at = challengeName(domain.name);
    if (proof === 'FOUND') return found('PASS', `The proof is at ${at}.`);
    if (proof === 'UNKNOWN') return found('UNKNOWN', `Its name servers do not answer for ${at}.`);
    const there = proofs.length === 0 ? 'nothing' : 'something else';
    return found('FAIL', `There is ${there} at ${at}.`, recordOf(domain, 'TXT'));
  },
  A: (domain, findings) => family(domain, findings, false),
  AAAA: (domain, findings) => family(domain, findings, true),
  PROXY: (domain, { leads }) => {
    if (leads === 'UNKNOWN') return found('UNKNOWN', `Its name servers do not answer for ${domain.name}.`);
    if (leads !== 'PROXY') return found('PASS', 'No proxy of Cloudflare stands before it.');
    return found(
      'WARN',
      'A proxy of Cloudflare stands before it: where that passes visitors on cannot be seen from here. It is to lead here.',
      recordOf(domain, 'A', 'AAAA', 'CNAME', 'ALIAS'),
    );
  },
  CAA: caaFinding,
  DELEGATION: ({ name, records }, { delegation, provable }) => {
    const at = acmeName(name);
    if (provable === null)
      return found('UNKNOWN', `It was not looked at yet, or name servers do not answer for ${at}.`);
    if (provable)
      return found(
        'PASS',
        `The record that proves it to a certificate authority can be set at ${delegation?.to ?? at}.`,
      );
    if (!delegation)
      return found(
        'FAIL',
        'The platform has no DNS provider: it gets no certificates for wildcards. Add each name by itself, or ask the operator.',
      );
    const record = records.find(({ type, name: of }) => type === 'CNAME' && of === at) ?? null;
    return found(
      'FAIL',
      `${at} leads to ${delegation.observed ?? 'nothing'}: it is to lead to ${delegation.to}, or there is no certificate.`,
      record,
    );
  },
  PORT_80: (domain, findings) => port80Finding(domain, findings, recordOf(domain, 'A', 'AAAA', 'CNAME', 'ALIAS')),
  RATE_BUDGET: rateBudgetFinding,
};

/** Whether the platform's authority is among those that may issue. */
function caaFinding({ name, certificate }: Diagnosed, findings: DomainFindings): Finding {
  const { caa, authorities } = findings;
  const isRefused = certificate?.failureCode === 'CAA_FORBIDS';
  if (caa === null) return found('UNKNOWN', `Its name servers do not answer for CAA records of ${bareName(name)}.`);
  const again = certificate && `It is tried again at ${utc(certificate.nextAttemptAt)}.`;
  if (caa.length === 0) {
    if (!isRefused) return found('PASS', 'No CAA record forbids anybody to issue certificates.');
    return found('WARN', `At its last attempt the certificate authority met CAA records that are gone now. ${again}`);
  }
  const these = `CAA records let only these issue: ${caa.map(whoMay).join(', ')}.`;
  if (authorities === null)
    return found(
      isRefused ? 'FAIL' : 'WARN',
      `${these} The authority of the platform did not say how it is called yet.`,
    );
  const [authority] = authorities;
  if (authority === undefined) return found('PASS', `${these} The platform orders no certificates.`);
  if (!caa.some((value) => caaAllows(value, authorities, name))) {
    const record = caaRecord(name, findings, authority);
    return found('FAIL', `${these} Add ${authority}, of which the platform orders certificates.`, record);
  }
  if (isRefused)
    return found(
      'WARN',
      `${these} At its last attempt ${authority} met others, or may not issue for this account. ${again}`,
    );
  return found('PASS', `${these} The platform orders certificates of ${authority}.`);
}

/** As records write it that nobody may. */
const whoMay = (value: string): string => (value.split(';')[0]?.trim() ? value : 'nobody');

/** The addresses of one family: all are to be the platform's own, and one family is enough. */
function family(domain: Diagnosed, { leads, addresses, foreign }: DomainFindings, isV6: boolean): Finding {
  const [word, type] = isV6 ? ['IPv6', 'AAAA'] : ['IPv4', 'A'];
  const record = recordOf(domain, type, 'CNAME', 'ALIAS');
  const those = addresses.filter((address) => isIPv6(address) === isV6);
  if (leads === 'UNKNOWN') return found('UNKNOWN', `Its name servers do not answer for ${domain.name}.`);
  if (leads === 'NOWHERE') return found('FAIL', 'It has no address at all.', record);
  const listed = those.join(', ');
  if (those.length === 0) return found('PASS', `It has no ${word} address, and needs none.`);
  if (leads === 'PROXY') return found('PASS', `It leads to a proxy over ${word}: ${listed}.`);
  if (leads === 'PLATFORM_UNKNOWN')
    return found('UNKNOWN', `It leads to ${listed}; the platform does not know its own.`);
  if (leads === 'HERE') return found('PASS', `It leads here over ${word}: ${listed}.`);
  if (leads === 'ELSEWHERE') return found('FAIL', `It leads elsewhere over ${word}: ${listed}.`, record);
  if (foreign === null)
    return found('UNKNOWN', `It leads to ${listed}; not all of that is here. Have it checked again.`);
  const others = foreign.filter((address) => isIPv6(address) === isV6);
  if (others.length === 0) return found('PASS', `It leads here over ${word}: ${listed}.`);
  return {
    ...found('FAIL', `It leads elsewhere too over ${word}. Remove its records with ${others.join(', ')}.`),
    removals: foreignRecords(domain.name, others),
  };
}
