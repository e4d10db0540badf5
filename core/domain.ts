import { z } from 'zod';

/** Of one project. */
export const mostDomains = 20;
/** How often somebody may have a domain checked. */
export const recheckEveryMs = 60_000;
/** So long a name that was in use may lead elsewhere before that is called wrong. */
export const astrayForMs = 60 * 60_000;
/** So long without proof, wherever the name leads, a holder keeps the name from others who prove that it is theirs. */
export const keptForMs = 14 * 24 * 60 * 60_000;

/** What is in the way of a domain, or worth knowing. */
export const domainProblems = [
  'PROOF_MISSING',
  'PROOF_OTHER',
  'HELD_BY_ANOTHER',
  'TAKEN_BY_ANOTHER',
  'NO_ADDRESS',
  'POINTS_ELSEWHERE',
  'POINTS_ELSEWHERE_TOO',
  'BEHIND_PROXY',
  'PROOF_LOST',
  'DNS_SILENT',
  'PLATFORM_UNKNOWN',
] as const;
export type DomainProblem = (typeof domainProblems)[number];

/** Where a name leads: to the platform, to a proxy that may stand before it, or not. UNKNOWN: nobody answered. */
export const leads = ['HERE', 'HERE_TOO', 'PROXY', 'ELSEWHERE', 'NOWHERE', 'PLATFORM_UNKNOWN', 'UNKNOWN'] as const;

/**
 * What an address answers on port 80: what the platform's edges do, or something else, or that it is to be asked elsewhere.
 * SILENT: nothing in time. NOT_PUBLIC: it was not asked.
 */
export const port80Answers = ['OURS', 'REDIRECT', 'OTHER', 'REFUSED', 'SILENT', 'NOT_PUBLIC'] as const;

/** What a check has found in the public DNS, and on port 80. */
export const domainFindings = z.object({
  proof: z.enum(['FOUND', 'MISSING', 'UNKNOWN']),
  /** What TXT records say where the proof is to stand. */
  proofs: z.array(z.string()),
  leads: z.enum(leads),
  /** Where the name leads. */
  addresses: z.array(z.string()),
  /** Where it leads besides the platform, or instead; null: not known. */
  foreign: z.array(z.string()).nullable().default(null),
  /** Which authorities CAA records of the name, or of the nearest one above it that has any, let issue; null: not known. */
  caa: z.array(z.string()).nullable().default(null),
  /** Where those stand, and of which kind they are; null: there are none, or it is not known. */
  caaFrom: z
    .object({ at: z.string(), tag: z.enum(['issue', 'issuewild']) })
    .nullable()
    .default(null),
  /** As whom CAA records name the platform's authority. Empty: it orders no certificates; null: not known. */
  authorities: z.array(z.string()).nullable().default(null),
  /** Until when the authority takes no orders of the platform's, in ISO 8601; null: it does. */
  pausedUntil: z.string().nullable().default(null),
  /** What was met on port 80 of addresses of the name; null: none was asked. */
  port80: z
    .array(z.object({ address: z.string(), answer: z.enum(port80Answers) }))
    .nullable()
    .default(null),
  /** Of a wildcard, where a CNAME record is to hand its `_acme-challenge` name on to, and where one does; null: none is needed, or it is not known. */
  delegation: z.object({ to: z.string(), observed: z.string().nullable() }).nullable().default(null),
  /** Of a wildcard, whether the record that proves it to an authority can be set; null: not known. */
  provable: z.boolean().nullable().default(null),
});
export type DomainFindings = z.infer<typeof domainFindings>;

export const isWildcard = (name: string): boolean => name.startsWith('*.');

/** The name under which a wildcard stands; of another, itself. */
export const bareName = (name: string): string => name.replace(/^\*\./, '');

/** Where the TXT record that proves a claim is to stand. */
export const challengeName = (name: string): string => `_apployd-challenge.${bareName(name)}`;

/** What is in the way, as a sentence that says what to do. */
export function domainProblemText(
  problem: DomainProblem,
  { name, hostname, findings }: { name: string; hostname: string; findings: DomainFindings | null },
): string {
  const there = findings?.addresses.join(', ') ?? '';
  switch (problem) {
    case 'PROOF_MISSING':
      return `There is no TXT record at ${challengeName(name)} yet. Set the one that is shown; with some providers it takes a few minutes until others see it.`;
    case 'PROOF_OTHER':
      return `The TXT record at ${challengeName(name)} says something else. Add the one that is shown beside it.`;
    case 'HELD_BY_ANOTHER':
      return 'Another organization has proven that this name is theirs, and has it. When that was you, remove it there; else ask the operator of the platform.';
    case 'TAKEN_BY_ANOTHER':
      return 'Another organization has proven that this name is theirs, after its proof here was gone for long. Set the TXT record again, and ask the operator of the platform.';
    case 'NO_ADDRESS':
      return `${name} has no address. Set the record that is shown.`;
    case 'POINTS_ELSEWHERE':
      return `${name} leads to ${there}, which is not this platform. Replace its records by the one that is shown.`;
    case 'POINTS_ELSEWHERE_TOO':
      return findings?.foreign
        ? `${name} leads here, and elsewhere too. Remove its records with ${findings.foreign.join(', ')}, or some visitors end there.`
        : `${name} leads here, and elsewhere too. Have it checked again to see where, or some visitors end there.`;
    case 'BEHIND_PROXY':
      return `${name} leads to a proxy of Cloudflare. Have it pass visitors on to ${hostname}: whether it does cannot be seen from here.`;
    case 'PROOF_LOST':
      return `The TXT record at ${challengeName(name)} is gone. Set the records that are shown: two weeks after it went, another organization that proves that ${name} is theirs gets it.`;
    case 'DNS_SILENT':
      return `The name servers of ${bareName(name)} do not answer. See to them at your provider; it is tried again by itself.`;
    case 'PLATFORM_UNKNOWN':
      return 'The platform does not know at which addresses visitors reach it. Ask its operator to set APPLOYD_EDGE_ADDRESSES.';
  }
}
