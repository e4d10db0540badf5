type Interval = string | null;

type Billing = {
  readonly status: string | null;
  readonly interval: Interval;
  readonly planCode: string | null;
  readonly currentPeriodEnd: string | null;
  readonly trialEndsAt: string | null;
  readonly cancelAt: string | null;
  readonly scheduledPlanCode: string | null;
  readonly scheduledInterval: Interval;
};

type Words = { readonly name: (planCode: string | null) => string; readonly date: (at: string) => string };

type Line = {
  readonly title: string;
  readonly hint: string;
  /** What somebody may do about it. */
  readonly act?: 'end' | 'resume' | 'pay' | 'method';
};

/** There is one to be changed: otherwise one is to be bought. */
export const isSubscribed = ({ status }: Pick<Billing, 'status'>): boolean =>
  status === 'TRIALING' || status === 'ACTIVE' || status === 'PAST_DUE' || status === 'PAUSED';

/** How the subscription is, and what is to come of it. */
export function subscriptionWords(billing: Billing, words: Words): readonly Line[] {
  if (!isSubscribed(billing)) return [notSubscribed[billing.status ?? ''] ?? never];
  const { cancelAt, scheduledPlanCode } = billing;
  if (cancelAt !== null) return [nowOf(billing, words), endsOn(words.date(cancelAt))];
  return [nowOf(billing, words), ...(scheduledPlanCode === null ? [] : [becomes(billing, words)]), mayEnd];
}

const mayEnd: Line = { title: 'End the subscription', hint: 'What is paid for is kept to its end.', act: 'end' };

const endsOn = (date: string): Line => ({
  title: `It ends on ${date}`,
  hint: 'Then the organization has the plan again that it had before it paid.',
  act: 'resume',
});

const never: Line = {
  title: 'Nothing is paid for',
  hint: 'The plan is one that was given. Choose another one below.',
};

const notSubscribed: Readonly<Record<string, Line>> = {
  INCOMPLETE: { title: 'The first payment is still to be made', hint: 'Choose the plan below once more.' },
  CANCELED: { title: 'The subscription has ended', hint: 'Choose a plan below to begin one again.' },
};

function nowOf({ status, interval, planCode, currentPeriodEnd, trialEndsAt }: Billing, { name, date }: Words): Line {
  const title = `${name(planCode)}, paid by the ${interval === 'YEAR' ? 'year' : 'month'}`;
  if (status === 'PAST_DUE') return { title, hint: 'A payment is owed.', act: 'pay' };
  if (status === 'PAUSED') {
    // The period that it stands in is the trial: none was paid since.
    if (trialEndsAt !== null && trialEndsAt === currentPeriodEnd)
      return { title, hint: 'The trial is over: say how it is to be paid, and it goes on.', act: 'method' };
    return { title, hint: 'Its payments are paused at Stripe. Ask the operator to have them collected again.' };
  }
  if (status === 'TRIALING' && trialEndsAt)
    return { title, hint: `Tried for nothing until ${date(trialEndsAt)}, paid from then on.` };
  return { title, hint: currentPeriodEnd ? `Paid until ${date(currentPeriodEnd)}.` : '' };
}

function becomes({ scheduledPlanCode, scheduledInterval, currentPeriodEnd }: Billing, { name, date }: Words): Line {
  const by = scheduledInterval === 'YEAR' ? 'year' : 'month';
  return {
    title: `It becomes ${name(scheduledPlanCode)}, paid by the ${by}`,
    hint: currentPeriodEnd ? `On ${date(currentPeriodEnd)}. Until then all stays as it is.` : 'When the period ends.',
    act: 'resume',
  };
}
