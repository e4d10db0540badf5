/** What of an organization's billing has a date after which things stop. */
type Due = {
  readonly unpaidSince: string | null;
  readonly suspendsAt: string | null;
  readonly suspendedAt: string | null;
  readonly shrinksAt: string | null;
};

type Warning = { readonly tone: 'bad' | 'warn'; readonly title: string; readonly text: string };

/** What is to be said on every page, the worst alone; null when nothing is owed and all fits. */
export function owedOf(due: Due, date: (at: string) => string): Warning | null {
  const { unpaidSince, suspendsAt, suspendedAt, shrinksAt } = due;
  if (suspendedAt) {
    return stopped(`Since ${date(suspendedAt)}. ${afterwards}`);
  }
  if (unpaidSince) {
    const until = suspendsAt ? ` Everything is stopped on ${date(suspendsAt)}, unless it is paid before.` : '';
    return { tone: 'warn', title: 'A payment is owed.', text: `Since ${date(unpaidSince)}.${until}` };
  }
  if (!shrinksAt) return null;
  const text = `On ${date(shrinksAt)} the newest projects that do not fit lose their slices and sleep, unless the slices shrink before.`;
  return { tone: 'warn', title: 'The projects hold more than the plan gives.', text };
}

/** The same for members who do not see the bill: only what concerns what they run, and who can do something about it. */
export function suspensionOf(suspendedAt: string | null, date: (at: string) => string): Warning | null {
  if (suspendedAt === null) return null;
  return stopped(`Since ${date(suspendedAt)}. Its owners, and members with the role Billing, can pay. ${afterwards}`);
}

const stopped = (text: string): Warning => ({
  tone: 'bad',
  title: 'Everything is stopped, since a payment is owed.',
  text,
});

const afterwards = 'All data is kept. Once it is paid, all that ran before runs again.';
