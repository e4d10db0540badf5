import { expect, test } from 'vitest';
import { subscriptionWords } from './subscription-words.js';

const active = {
  ...{ status: 'ACTIVE', interval: 'MONTH', planCode: 'PRO' },
  ...{ currentPeriodEnd: '2027-02-01', trialEndsAt: null, cancelAt: null },
  ...{ scheduledPlanCode: null, scheduledInterval: null },
};
const told = (changed: Partial<typeof active> | { [key: string]: string | null }) =>
  subscriptionWords({ ...active, ...changed }, { name: (code) => code ?? '', date: (at) => at }).map(
    ({ title, hint, act }) => [title, hint, act].filter(Boolean).join(' | '),
  );
const end = 'End the subscription | What is paid for is kept to its end. | end';

test.each([
  ['none', { status: null }, ['Nothing is paid for | The plan is one that was given. Choose another one below.']],
  [
    'one that is not paid yet',
    { status: 'INCOMPLETE' },
    ['The first payment is still to be made | Choose the plan below once more.'],
  ],
  [
    'one that is over',
    { status: 'CANCELED' },
    ['The subscription has ended | Choose a plan below to begin one again.'],
  ],
  ['one that is paid', {}, ['PRO, paid by the month | Paid until 2027-02-01.', end]],
  [
    'one that is tried',
    { status: 'TRIALING', trialEndsAt: '2027-01-09' },
    ['PRO, paid by the month | Tried for nothing until 2027-01-09, paid from then on.', end],
  ],
  ['one that owes', { status: 'PAST_DUE' }, ['PRO, paid by the month | A payment is owed. | pay', end]],
  [
    'one whose trial is over',
    { status: 'PAUSED', trialEndsAt: '2027-02-01' },
    ['PRO, paid by the month | The trial is over: say how it is to be paid, and it goes on. | method', end],
  ],
  ...[null, '2027-01-01'].map(
    (trialEndsAt) =>
      [
        `one whose payments are paused, its trial being ${trialEndsAt ? 'long over' : 'none'}`,
        { status: 'PAUSED', trialEndsAt },
        [
          'PRO, paid by the month | Its payments are paused at Stripe. Ask the operator to have them collected again.',
          end,
        ],
      ] as const,
  ),
  [
    'one that ends',
    { cancelAt: '2027-02-01' },
    [
      'PRO, paid by the month | Paid until 2027-02-01.',
      'It ends on 2027-02-01 | Then the organization has the plan again that it had before it paid. | resume',
    ],
  ],
  [
    'one that is to become smaller',
    { interval: 'YEAR', scheduledPlanCode: 'HOBBY', scheduledInterval: 'MONTH' },
    [
      'PRO, paid by the year | Paid until 2027-02-01.',
      'It becomes HOBBY, paid by the month | On 2027-02-01. Until then all stays as it is. | resume',
      end,
    ],
  ],
] as const)('of a subscription, %s, is said how it is and what may be done', (_name, changed, lines) => {
  expect(told(changed)).toEqual(lines);
});
