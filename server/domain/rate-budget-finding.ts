import { mostOrdersADay, type CertificateFailureCode } from '@apployd/core/certificate';
import type { DomainFindings } from '@apployd/core/domain';
import type { Diagnosed } from './diagnosis.js';
import { found, utc, type Finding } from './finding.js';

/** Whether the authority, or the organization's share, holds the name's certificate up, until when, and what is left. */
export function rateBudgetFinding(domain: Diagnosed, { pausedUntil, authorities }: DomainFindings): Finding {
  const { certificate, now } = domain;
  if (authorities?.length === 0) return found('UNKNOWN', 'The platform orders no certificates.');
  const left = leftOf(domain);
  if (pausedUntil !== null && new Date(pausedUntil) > now) {
    const until = utc(new Date(pausedUntil));
    return found(
      'WARN',
      `The certificate authority takes no orders of the platform's before ${until}: all names wait.${left}`,
    );
  }
  if (!certificate) return found('UNKNOWN', `No certificate is ordered for it yet.${left}`);
  const next = nextOf(certificate, now);
  const held = heldUp[certificate.failureCode ?? ''];
  if (held) return found('WARN', `${held} ${next}${left}`);
  return found('PASS', `The certificate authority limits nothing. ${next}${left}`);
}

const heldUp: Readonly<Record<string, string>> = {
  ORGANIZATION_SHARE: 'Your organization has had its share of orders for now.',
  WEEKLY_BUDGET: 'The platform has had its share of first certificates for this week.',
  RATE_LIMITED: 'The certificate authority issues no more for it just now.',
} satisfies Partial<Record<CertificateFailureCode, string>>;

function nextOf({ failureCode, attempts, nextAttemptAt }: NonNullable<Diagnosed['certificate']>, now: Date): string {
  const at = nextAttemptAt > now ? `at ${utc(nextAttemptAt)}` : 'within a minute';
  if (failureCode === null) return `The next order is made ${at}.`;
  if (attempts === 0) return `It is tried again ${at}.`;
  return `After ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} that failed it is tried again ${at}.`;
}

function leftOf({ orders }: Diagnosed): string {
  if (orders === null) return '';
  return ` Your organization has used ${orders} of its ${mostOrdersADay} orders of today (UTC).`;
}
