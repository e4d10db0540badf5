import type { OrganizationEvent } from '@apployd/sdk';
import type { Sentence, Tone, What } from './sentence.js';

type Data = OrganizationEvent['data'];

/** What a sentence needs besides the event. */
export type Words = {
  /** The address of the organization. */
  readonly base: string;
  readonly planName: (code: string) => string;
  readonly date: (at: string) => string;
};

type Say = {
  readonly isDeed: boolean;
  readonly words: string;
  readonly tone: Tone;
  /** How what it is about is called, and its page below the organization's. */
  readonly label: string;
  readonly page: string;
  readonly detail?: string | null;
};

type Place = Pick<Say, 'label' | 'page'>;
type Teller = (data: Data, words: Words, event: Pick<OrganizationEvent, 'subject'>) => Say;

const plan: Place = { label: 'The plan', page: '/billing' };
const subscription: Place = { label: 'The subscription', page: '/billing' };
const beyond: Place = { label: 'The bandwidth beyond the pool', page: '/billing' };
const pool: Place = { label: 'The pool', page: '/pool' };
const organization: Place = { label: 'The organization', page: '' };
const invitation: Place = { label: 'An invitation', page: '/members' };
const token: Place = { label: 'An API token', page: '/tokens' };

const deed = (words: string, place: Place, detail?: string | null): Say => ({
  ...{ isDeed: true, words, tone: 'plain', ...place, detail },
});
const fact = (place: Place, words: string, tone: Tone = 'plain', detail?: string | null): Say => ({
  ...{ isDeed: false, words, tone, ...place, detail },
});

const says: Readonly<Record<string, Teller>> = {
  'billing.plan_changed': ({ plan: wanted, interval, begins, effectiveAt }, { date }) => {
    const isLater = begins === 'PERIOD_END' && isText(effectiveAt);
    const detail = sentences(
      isText(wanted) && `To ${wanted}, ${paidBy(interval)}.`,
      isLater && `From ${date(effectiveAt)} on.`,
    );
    return deed(isLater ? 'is to change' : 'changed', plan, detail);
  },
  'billing.ending_set': ({ ends }) =>
    ends === true
      ? deed('ended', subscription, 'What is paid for is kept to its end.')
      : deed('kept', subscription, 'It goes on as it is.'),
  'billing.overage_set': ({ capGigabytes: cap, formerCapGigabytes: former }) =>
    deed(
      cap === null ? 'took back the cap for' : 'set a cap for',
      beyond,
      sentences(capOf(cap), typeof former === 'number' && `Before: ${former} GB.`),
    ),
  'billing.overage_ended': () => fact(beyond, 'is bought no longer', 'warn', 'It is not charged any more.'),
  'billing.changed': (data, words) => fact(subscription, ...stateOf(data['status']), subscriptionOf(data, words)),
  'billing.change_unknown': (data) =>
    fact(
      { ...subscription, label: 'A change of the subscription' },
      'was asked for, and nobody can know what came of it',
      'warn',
      askedOf(data),
    ),
  'billing.payment_due': ({ endsAt, isPaused }, { date }) =>
    fact(
      isPaused === true ? subscription : { ...subscription, label: 'A payment' },
      isPaused === true ? 'is paused' : 'is owed',
      'bad',
      isText(endsAt)
        ? `Everything is stopped on ${date(endsAt)}, unless ${isPaused === true ? 'it goes on' : 'it is paid'} before.`
        : null,
    ),
  'billing.over_limit': ({ endsAt }, { date }) =>
    fact(
      pool,
      'is divided among more than the plan gives',
      'warn',
      isText(endsAt) ? `What does not fit sleeps from ${date(endsAt)} on.` : null,
    ),
  'billing.projects_put_to_sleep': ({ projects }) =>
    fact(
      { ...pool, label: countOf(projects) },
      'sleep: the plan has no room for them',
      'bad',
      'Give them slices of the pool, or choose a larger plan.',
    ),
  'organization.created': () => deed('made', organization),
  'organization.updated': () => deed('changed the name or address of', organization),
  'organization.transferred': () => deed('handed over', organization),
  'organization.suspended': () =>
    fact(organization, 'is stopped, since its plan is not paid for', 'bad', 'All data is kept.'),
  'organization.resumed': () => fact(organization, 'runs again', 'good'),
  'organization.plan_set': ({ from, to }, { planName }) =>
    fact(
      organization,
      'has another plan',
      'plain',
      isText(from) && isText(to) ? `From ${planName(from)} to ${planName(to)}.` : null,
    ),
  'plan.updated': () => fact(plan, 'was changed by who runs this platform'),
  'allocations.set': () => deed('divided', pool),
  'bandwidth.warned': ({ percent }) =>
    fact({ ...pool, label: 'The bandwidth of the pool' }, `is used to ${String(percent)} %`, 'warn'),
  'member.joined': () => deed('joined', organization),
  'member.left': () => deed('left', organization),
  'member.removed': (_data, _words, event) => deed('took out', memberOf(event)),
  'member.role_set': ({ role }, _words, event) =>
    deed('gave another role to', memberOf(event), isText(role) ? `Now: ${role.toLowerCase()}.` : null),
  'invitation.sent': () => deed('sent', invitation),
  'invitation.revoked': () => deed('took back', invitation),
  'token.created': () => deed('made', token),
  'token.revoked': () => deed('revoked', token),
  'project.erased': ({ name }) => fact({ label: isText(name) ? name : 'A project', page: '' }, 'was erased'),
};

/** What happened to an organization, to be read. A type that is new here is told by its name. */
export function organizationSentenceOf(
  event: Pick<OrganizationEvent, 'type' | 'subject' | 'data'>,
  words: Words,
): Sentence {
  const tell = says[event.type] ?? (() => fact(organization, `· ${event.type}`));
  const { label, page, detail = null, ...say } = tell(event.data, words, event);
  const what: What = { label, to: words.base + page };
  return { ...say, what, detail };
}

const isText = (value: unknown): value is string => typeof value === 'string';

const sentences = (...parts: readonly (string | false | null)[]): string | null =>
  parts.filter(Boolean).join(' ') || null;

const paidBy = (interval: unknown): string => `paid by the ${interval === 'YEAR' ? 'year' : 'month'}`;

const capOf = (cap: unknown): string =>
  typeof cap === 'number' ? `Up to ${cap} GB a month are bought.` : 'None is bought any more.';

const states: Readonly<Record<string, readonly [words: string, tone: Tone]>> = {
  INCOMPLETE: ['waits for its first payment', 'plain'],
  TRIALING: ['is tried for nothing', 'good'],
  ACTIVE: ['is paid', 'good'],
  PAST_DUE: ['owes a payment', 'bad'],
  PAUSED: ['rests until it is said how it is paid', 'warn'],
  CANCELED: ['has ended', 'warn'],
};

const stateOf = (status: unknown): readonly [words: string, tone: Tone] =>
  states[String(status)] ?? ['is another by now', 'plain'];

/** What it is, and what is to come of it. */
function subscriptionOf(data: Data, { planName, date }: Words): string | null {
  const { planCode, interval, scheduledPlanCode, scheduledInterval, cancelAt } = data;
  return sentences(
    isText(planCode) && `${planName(planCode)}, ${paidBy(interval)}.`,
    isText(scheduledPlanCode) && `It becomes ${planName(scheduledPlanCode)}, ${paidBy(scheduledInterval)}.`,
    isText(cancelAt) && `It ends on ${date(cancelAt)}.`,
  );
}

function askedOf({ plan: name, interval, ends }: Data): string | null {
  if (isText(name)) return `To ${name}, ${paidBy(interval)}.`;
  return typeof ends === 'boolean' ? (ends ? 'It was to end.' : 'It was to go on.') : null;
}

function countOf(projects: unknown): string {
  const count = Array.isArray(projects) ? projects.length : 0;
  return count > 1 ? `${count} projects` : 'A project';
}

const memberOf = ({ subject }: Pick<OrganizationEvent, 'subject'>): Place => ({
  label: subject?.__typename === 'User' ? subject.name : 'A member',
  page: '/members',
});
