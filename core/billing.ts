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

type Ranked = { readonly position: number; readonly interval: BillingInterval };

/** What costs more begins at once; what costs less when the time is over that was paid for. */
export function changeBegins(now: Ranked, next: Ranked): 'NOW' | 'PERIOD_END' {
  if (next.position !== now.position) return next.position > now.position ? 'NOW' : 'PERIOD_END';
  return next.interval === 'YEAR' && now.interval === 'MONTH' ? 'NOW' : 'PERIOD_END';
}

/** A change of a subscription that somebody asks for. */
export type AskedChange = { readonly plan: string; readonly interval: BillingInterval } | { readonly ends: boolean };

/** What somebody does, did, or wanted to do to the subscription, as it goes on after their name. */
export function changeWords(asked: AskedChange): {
  readonly does: string;
  readonly did: string;
  readonly wanted: string;
} {
  const [does, did, wanted, what] =
    'plan' in asked
      ? ([
          'is changing',
          'changed',
          'asked to change',
          `the plan to ${asked.plan}, paid by the ${asked.interval.toLowerCase()}`,
        ] as const)
      : asked.ends
        ? (['is ending', 'ended', 'asked to end', 'the subscription'] as const)
        : (['is keeping', 'kept', 'asked to keep', 'the subscription as it is'] as const);
  return { does: `${does} ${what}`, did: `${did} ${what}`, wanted: `${wanted} ${what}` };
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
