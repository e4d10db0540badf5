import type { DomainFindings } from '@apployd/core/domain';
import type { Diagnosed } from './diagnosis.js';
import { found, type Finding } from './finding.js';
import type { DnsRecord } from './records.js';

type Answer = NonNullable<DomainFindings['port80']>[number]['answer'];

/** What the platform has met on port 80, and besides it what the authority has. */
export function port80Finding(domain: Diagnosed, findings: DomainFindings, record: DnsRecord | null): Finding {
  const { port80, authorities, leads } = findings;
  if (authorities?.length === 0)
    return found('UNKNOWN', 'The platform orders no certificates: no authority asks on port 80.');
  if (port80 === null || port80.length === 0) return untried(domain, leads, record);
  const wrong = port80.filter(({ answer }) => answer !== 'OURS' && answer !== 'REDIRECT');
  if (wrong.length > 0) return refused(domain, port80, record);
  const sentOn = port80.filter(({ answer }) => answer === 'REDIRECT').map(({ address }) => address);
  if (sentOn.length > 0) {
    const finding = `${sentOn.join(', ')} sends on who asks for a proof on port 80. A certificate authority follows, and is to end here.`;
    return found('WARN', finding);
  }
  const all = port80.map(({ address }) => address).join(', ');
  const met = authorityMet(domain);
  if (met)
    return found('WARN', `The platform reaches itself on port 80 of ${all}. ${met} at its last attempt.`, record);
  return found('PASS', `The platform reaches itself on port 80 of ${all}.`);
}

/** Before the name is proven and leads here nobody asks. */
function untried(domain: Diagnosed, leads: DomainFindings['leads'], record: DnsRecord | null): Finding {
  const met = authorityMet(domain);
  if (met) return found('FAIL', `${met}.`, record);
  const leadsAway = leads === 'ELSEWHERE' || leads === 'NOWHERE';
  return found('UNKNOWN', 'It is tried once the name is proven and leads here.', leadsAway ? record : null);
}

/** Where the authority has come through, it may be that the platform alone cannot reach itself from where it is. */
function refused(
  { certificate }: Diagnosed,
  port80: NonNullable<DomainFindings['port80']>,
  record: DnsRecord | null,
): Finding {
  const list = port80.flatMap(({ address, answer }) => (words[answer] ? `${words[answer]} ${address}` : []));
  const finding = `On port 80, ${list.join('; ')}.`;
  if (certificate?.status === 'ISSUED' && certificate.failureCode === null)
    return found('WARN', `${finding} The certificate authority came through when it issued.`, record);
  return found('FAIL', `${finding} See that its records lead here alone, and that no firewall closes port 80.`, record);
}

const words: Readonly<Record<Answer, string | null>> = {
  OURS: null,
  REDIRECT: null,
  OTHER: 'something else than this platform answers at',
  REFUSED: 'nobody listens at',
  SILENT: 'nobody answers in time at',
  NOT_PUBLIC: 'nobody was asked at the address of a private network',
};

function authorityMet({ name, certificate }: Diagnosed): string | null {
  if (certificate?.failureCode === 'UNREACHABLE')
    return `The certificate authority could not connect to ${name} on port 80`;
  if (certificate?.failureCode === 'WRONG_ANSWER')
    return `Something else than this platform answered the certificate authority at ${name}`;
  return null;
}
