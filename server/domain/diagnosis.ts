import { isIPv6 } from 'node:net';
import { bareName, challengeName, isWildcard, type DomainFindings } from '@apployd/core/domain';
import type { Certificate } from '@apployd/prisma/generated/client/client';
import type { DnsRecord } from './records.js';

/** What is looked at, in the order in which one thing needs the other. */
export const checkNames = ['TXT', 'A', 'AAAA', 'PROXY', 'CAA', 'PORT_80', 'RATE_BUDGET'] as const;
export type CheckName = (typeof checkNames)[number];
export const checkResults = ['PASS', 'WARN', 'FAIL', 'UNKNOWN'] as const;

export type Check = {
  readonly name: CheckName;
  readonly result: (typeof checkResults)[number];
  /** A sentence with what was found. */
  readonly finding: string;
  /** What to set, where a record mends it. */
  readonly record: DnsRecord | null;
};

export type Diagnosed = {
  readonly name: string;
  readonly findings: DomainFindings | null;
  readonly records: readonly DnsRecord[];
  /** Null where none is wanted, or it is not theirs to know. */
  readonly certificate: Pick<Certificate, 'status' | 'failureCode'> | null;
};

type Finding = Omit<Check, 'name'>;

/** What the last check of a domain has found, one thing after the other. */
export function diagnose(domain: Diagnosed): readonly Check[] {
  const findings = domain.findings;
  if (!findings) return checkNames.map((name) => ({ name, ...notYet }));
  return checkNames.map((name) => ({ name, ...checks[name](domain, findings) }));
}

const found = (result: Check['result'], finding: string, record: DnsRecord | null = null): Finding => ({
  result,
  finding,
  record,
});

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
  PROXY: ({ name }, { leads }) => {
    if (leads === 'UNKNOWN') return found('UNKNOWN', `Its name servers do not answer for ${name}.`);
    if (leads !== 'PROXY') return found('PASS', 'No proxy of Cloudflare stands before it.');
    return found(
      'WARN',
      'A proxy of Cloudflare stands before it: where that passes visitors on cannot be seen from here.',
    );
  },
  CAA: ({ name, certificate }, { caa }) => {
    if (certificate?.failureCode === 'CAA_FORBIDS') {
      return found(
        'FAIL',
        `CAA records let only these issue: ${caa?.join(', ') ?? 'others'}. Add the authority of the platform.`,
      );
    }
    if (caa === null) return found('UNKNOWN', `Its name servers do not answer for CAA records of ${bareName(name)}.`);
    if (caa.length === 0) return found('PASS', 'No CAA record forbids anybody to issue certificates.');
    if (certificate?.status === 'ISSUED') return found('PASS', 'CAA records let the authority of the platform issue.');
    return found(
      'WARN',
      `CAA records let only these issue: ${caa.join(', ')}. See that the authority of the platform is among them.`,
    );
  },
  PORT_80: ({ name, certificate }) => {
    const refused = certificate?.failureCode;
    if (refused === 'UNREACHABLE')
      return found('FAIL', `The certificate authority could not connect to ${name} on port 80.`);
    if (refused === 'WRONG_ANSWER')
      return found('FAIL', `Something else than this platform answers ${name} on port 80.`);
    if (isWildcard(name) || certificate?.status !== 'ISSUED') {
      return found('UNKNOWN', 'Nobody has tried yet: a certificate authority does, once the name leads here.');
    }
    return found('PASS', 'The certificate authority has reached it on port 80.');
  },
  RATE_BUDGET: ({ certificate }) => {
    if (!certificate) return found('UNKNOWN', 'No certificate is ordered for it yet.');
    const { failureCode } = certificate;
    if (failureCode === 'ORGANIZATION_SHARE') {
      return found('WARN', 'Your organization has had its share of orders for now. It is tried again by itself.');
    }
    if (failureCode !== 'RATE_LIMITED' && failureCode !== 'WEEKLY_BUDGET') {
      return found('PASS', 'The certificate authority limits nothing.');
    }
    return found(
      'WARN',
      'The certificate authority issues no more for it just now. It is tried again when that is over.',
    );
  },
};

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
  return found('FAIL', `It leads elsewhere too over ${word}. Remove its records with ${others.join(', ')}.`);
}
