import type { BandwidthLimit, BandwidthReason } from '@apployd/core/bandwidth';
import type { Mail } from '@apployd/core/mail';
import type { OverageOffer } from '@apployd/core/overage';
import { describeBytes } from '@apployd/core/resources';

type Told = {
  readonly to: string;
  readonly organization: {
    readonly name: string;
    readonly slug: string;
    /** How more bandwidth than the pool has can be bought; null: it cannot. */
    readonly overageOffer: OverageOffer | null;
  };
  readonly projects: readonly { readonly name: string; readonly reason: BandwidthReason }[];
  readonly limit: BandwidthLimit;
  readonly periodEnd: Date;
  readonly publicUrl: string;
};

/** A mail names no more of them. */
const mostNamed = 20;

/** Tells who sees to the bill that projects are slowed down or stopped, why, until when, and what ends it sooner. */
export function limitMail({ to, organization, projects, limit, periodEnd, publicUrl }: Told): Mail {
  const what = limit.rule === 'STOP' ? 'stopped' : 'slowed down';
  const who = projects.length === 1 ? (projects[0]?.name ?? '') : `${projects.length} projects of ${organization.name}`;
  const is = projects.length === 1 ? 'is' : 'are';
  const more = projects.length - mostNamed;
  return {
    to,
    subject: `${who} ${is} ${what}: the bandwidth is used`,
    text: [
      `${who} ${is} ${what} since now. ${consequence(limit)} Nothing is charged for it.`,
      [
        ...projects.slice(0, mostNamed).map(({ name, reason }) => `- ${name}: ${why[reason]}`),
        ...(more > 0 ? [`- and ${more} more`] : []),
      ].join('\n'),
      `It ends on ${periodEnd.toISOString().slice(0, 10)} (UTC), when the next month begins with nothing used; sooner with ${waysOut(organization.overageOffer)}, within a minute.`,
      `Who has sent how much, and how the pool is divided: ${new URL(`/${organization.slug}/pool?resource=bandwidth`, publicUrl).href}`,
    ].join('\n\n'),
  };
}

const why = {
  SLICE: 'it has used the bandwidth of its slice.',
  POOL: 'what it may take of the pool is used.',
} as const satisfies Record<BandwidthReason, string>;

function waysOut(offer: OverageOffer | null): string {
  if (offer === null) return 'a larger slice or a larger plan';
  const bought = {
    BUY: 'bandwidth beyond the pool, which an owner buys on the page Plan up to a cap',
    RAISE: 'a higher cap for bandwidth beyond the pool, which an owner sets on the page Plan',
  } as const satisfies Record<OverageOffer, string>;
  return `a larger slice, a larger plan or ${bought[offer]}`;
}

const consequence = (limit: BandwidthLimit) =>
  limit.rule === 'STOP'
    ? 'Visitors see a page that says that the site is not available.'
    : `Visitors of each environment are sent ${describeBytes(limit.bytesPerSecond)} a second, all together.`;
