/** Words and rules of what an organization pays for. */

export const billingIntervals = ['MONTH', 'YEAR'] as const;
export type BillingInterval = (typeof billingIntervals)[number];

export const billingStatuses = ['INCOMPLETE', 'TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED'] as const;
export type BillingStatus = (typeof billingStatuses)[number];

/** An amount in the smallest unit of its currency, which is a whole number. */
export type Money = { readonly amountMinor: number; readonly currency: string };

/** What is sold: a plan for so long. */
export type Offer = { readonly planCode: string; readonly interval: BillingInterval };

/** By what its price is found: `apployd_pro_monthly`. */
export function lookupKeyOf({ planCode, interval }: Offer): string {
  return `apployd_${planCode.toLowerCase()}_${interval === 'MONTH' ? 'monthly' : 'yearly'}`;
}

/** What a subscription says of the pool: it is paid for, or it is not but may still be, or there is nothing to pay for. */
export type Standing = 'PAID' | 'UNPAID' | 'NONE';

export const standingOf: Readonly<Record<BillingStatus, Standing>> = {
  TRIALING: 'PAID',
  ACTIVE: 'PAID',
  PAST_DUE: 'UNPAID',
  PAUSED: 'UNPAID',
  // Its first payment is not made: nothing was given yet.
  INCOMPLETE: 'NONE',
  CANCELED: 'NONE',
};

/** Whether it is there to be changed, rather than one to come or one that was. */
export const isSubscribed = (status: BillingStatus | null | undefined): boolean =>
  status != null && standingOf[status] !== 'NONE';

/** A plan as it is paid, or would be. */
export type Paid = Offer & {
  /** Of one interval. */
  readonly price: Money | null;
  /** Where the plan stands among the others, from small to large. */
  readonly position: number;
};

/**
 * What costs more begins at once; what costs less when the time is over that was paid for. Compared is what a year costs.
 * The same plan by the year instead of the month begins at once: it takes more now, whatever it saves. Where a price is not
 * known, in another currency or the same, the larger plan counts as what costs more.
 */
export function changeBegins(now: Paid, next: Paid): 'NOW' | 'PERIOD_END' {
  if (next.planCode === now.planCode) {
    return next.interval === 'YEAR' && now.interval === 'MONTH' ? 'NOW' : 'PERIOD_END';
  }
  const more = moreAYear(now, next) || next.position - now.position;
  return more > 0 ? 'NOW' : 'PERIOD_END';
}

/** By how much more the next one costs, in the currency's smallest unit; 0 where that cannot be said. */
function moreAYear(now: Paid, next: Paid): number {
  if (!now.price || !next.price || now.price.currency !== next.price.currency) return 0;
  return aYear(next.interval, next.price) - aYear(now.interval, now.price);
}

const aYear = (interval: BillingInterval, { amountMinor }: Money) => amountMinor * (interval === 'MONTH' ? 12 : 1);

/** A change of a subscription that somebody asks for. */
export type AskedChange =
  | { readonly plan: string; readonly interval: BillingInterval }
  | { readonly ends: boolean }
  /** Bandwidth beyond the pool is bought with it from then on, so much of a month at most. */
  | { readonly overageGigabytes: number };

/** By what type an organization's events tell of such a change, as done by whoever asked for it. */
export function changeEventType(asked: AskedChange): string {
  if ('plan' in asked) return 'billing.plan_changed';
  return 'ends' in asked ? 'billing.ending_set' : 'billing.overage_set';
}

/** Of a change that says when it begins: what its event says of that. */
export function begins(result: object): { readonly begins?: string; readonly effectiveAt?: string } {
  const { begins: when, effectiveAt } = result as Readonly<Record<string, unknown>>;
  return typeof when === 'string' && typeof effectiveAt === 'string' ? { begins: when, effectiveAt } : {};
}

/** What somebody does, did, or wanted to do to the subscription, as it goes on after their name. */
export function changeWords(asked: AskedChange): {
  readonly does: string;
  readonly did: string;
  readonly wanted: string;
} {
  const [does, did, wanted, what] = wordsOf(asked);
  return { does: `${does} ${what}`, did: `${did} ${what}`, wanted: `${wanted} ${what}` };
}

function wordsOf(asked: AskedChange): readonly [does: string, did: string, wanted: string, what: string] {
  if ('plan' in asked) {
    const plan = `the plan to ${asked.plan}, paid by the ${asked.interval.toLowerCase()}`;
    return ['is changing', 'changed', 'asked to change', plan];
  }
  if ('overageGigabytes' in asked) {
    const overage = `bandwidth beyond the pool, up to ${asked.overageGigabytes} GB a month`;
    return ['is buying', 'bought', 'asked to buy', overage];
  }
  return asked.ends
    ? ['is ending', 'ended', 'asked to end', 'the subscription']
    : ['is keeping', 'kept', 'asked to keep', 'the subscription as it is'];
}

export const dayMs = 86_400_000;

/** How long something is left as it is before it has consequences, and when its owners are told that it will. */
export type Grace = { readonly endsAt: Date; readonly isOver: boolean; readonly warnings: number };

/** Warned at once, when half of the time is over, and a day before its end. */
export function graceOf(since: Date, graceDays: number, now: Date): Grace {
  const [start, lengthMs] = [since.getTime(), graceDays * dayMs];
  const endsAt = new Date(start + lengthMs);
  const moments = [start, start + lengthMs / 2, start + Math.max(lengthMs / 2, lengthMs - dayMs)];
  return {
    endsAt,
    isOver: now >= endsAt,
    warnings: moments.filter((moment) => moment <= now.getTime()).length,
  };
}
