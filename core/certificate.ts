/** Why there is no certificate, or no newer one, for a host name. */
export const certificateFailureCodes = [
  'DNS_FAILED',
  'UNREACHABLE',
  'WRONG_ANSWER',
  'CAA_FORBIDS',
  'RATE_LIMITED',
  'NAME_REFUSED',
  'DNS_PROVIDER_FAILED',
  'NOT_DELEGATED',
  'AUTHORITY_FAILED',
  'AUTHORITY_UNREACHABLE',
  'WEEKLY_BUDGET',
  'ORGANIZATION_SHARE',
] as const;
export type CertificateFailureCode = (typeof certificateFailureCodes)[number];

const reasons: Readonly<Record<CertificateFailureCode, (hostname: string) => string>> = {
  DNS_FAILED: (name) =>
    `The certificate authority found no address of ${name}: its name servers answer with an error, or know no such name. Set its A, AAAA or CNAME record as the platform says, and see that its name servers answer; it is tried again by itself.`,
  UNREACHABLE: (name) =>
    `The certificate authority could not connect to ${name} on port 80. See that its A and AAAA records lead to this platform alone, and that no firewall closes port 80; it is tried again by itself.`,
  WRONG_ANSWER: (name) =>
    `Something else answered the certificate authority at http://${name}/.well-known/acme-challenge/. See that its A and AAAA records lead to this platform alone, without a proxy that answers itself; it is tried again by itself.`,
  CAA_FORBIDS: (name) =>
    `A CAA record of ${name}, or of a domain above it, forbids this certificate authority to issue. Remove it, or add one that names the authority; it is tried again by itself.`,
  RATE_LIMITED: (name) =>
    `The certificate authority has issued, or refused, too much of late to issue for ${name} now. There is nothing to do: it is tried again when the authority allows it.`,
  NAME_REFUSED: (name) =>
    `The certificate authority issues none for ${name}: the name is on its list of those it refuses, or is no public one. Use another host name.`,
  DNS_PROVIDER_FAILED: (name) =>
    `The record by which ${name} is proven could not be written at the DNS provider. The operator is to check that the provider's token may change the zone; it is tried again by itself.`,
  NOT_DELEGATED: (name) =>
    `A certificate for ${name} is proven by a record at ${acmeName(name)}, which is not at the platform's DNS provider. Set the CNAME record there that the domain shows, and have the domain checked again; it is tried again then.`,
  AUTHORITY_FAILED: (name) =>
    `The certificate authority failed to issue for ${name}, and not because of the name. It is tried again by itself; the operator finds its own words in the engine's log.`,
  AUTHORITY_UNREACHABLE: (name) =>
    `The certificate authority could not be reached for ${name}. It is tried again by itself; when it lasts, the operator is to check ENGINE_ACME_DIRECTORY and the way out of the engine's network.`,
  WEEKLY_BUDGET: (name) =>
    `So many host names of the platform's own have got their first certificate this week that ${name} waits for the next days: authorities issue a limited number for one domain a week. With a DNS provider one certificate serves them all.`,
  ORGANIZATION_SHARE: (name) =>
    `As much has been ordered for your organization as is its share for now, so that others get theirs: ${name} waits, and is tried again by itself when it is its turn. Host names whose certificates fail use the share up; mend or remove those.`,
};

/** What happened, and what to do, for the person whose host name it is. */
export const certificateFailureReason = (code: CertificateFailureCode, hostname: string): string =>
  reasons[code](hostname);

/** Where an authority looks for the record that proves a domain and all names below it. */
export const acmeName = (domain: string): string => `_acme-challenge.${domain.replace(/^\*\./, '')}`;

const dayMs = 86_400_000;

/** From how long before the end of a certificate that is not renewed people are told, once each; the first time when a renewal fails. */
export const certificateWarningsMs = [Number.POSITIVE_INFINITY, 7 * dayMs, dayMs] as const;

/** How many of them should have been by now, for a certificate that is not renewed. */
export const certificateWarningAt = (leftMs: number): number =>
  certificateWarningsMs.filter((fromMs) => leftMs <= fromMs).length;

/** Orders of certificates that an organization gets in a day (UTC), renewals of what never failed apart. */
export const mostOrdersADay = 50;

/**
 * Whether the value of a CAA record, of the kind that counts for the name, lets one of these authorities issue. One that names
 * other ways of proving than the platform's does not; for whose account it is cannot be judged here.
 */
export function caaAllows(value: string, authorities: readonly string[], hostname: string): boolean {
  const [issuer = '', ...parameters] = value.split(';').map((part) => part.trim());
  if (!authorities.includes(issuer.toLowerCase().replace(/\.$/, ''))) return false;
  const methods = parameters.flatMap((one) => /^validationmethods\s*=\s*(.*)$/i.exec(one)?.[1]?.split(',') ?? []);
  const ours = hostname.startsWith('*.') ? 'dns-01' : 'http-01';
  return methods.length === 0 || methods.some((method) => method.trim().toLowerCase() === ours);
}

/** Below this path any edge answers for any host name. */
export const acmeChallengePath = '/.well-known/acme-challenge/';

/** How authorities write tokens: whatever else is asked for is not looked up. */
export const acmeToken = /^[\w-]{16,128}$/;

/** To what a sealed private key is bound: moved to another host name's row it does not open. */
export const certificateKeyContext = (hostname: string): string => `certificate:${hostname}`;

/** Whether an authority may issue for it at all: a name with a dot, no address, and none of those that are for one machine or network. */
export function isCertifiable(hostname: string): boolean {
  const name = hostname.replace(/^\*\./, '');
  if (name.length > 253 || !name.includes('.') || privateNames.test(name)) return false;
  return name.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) && !/\.\d+$/.test(name);
}

const privateNames = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;
