import { expect, test } from 'vitest';
import { owedOf, suspensionOf } from './owed.js';

const nothing = { unpaidSince: null, suspendsAt: null, suspendedAt: null, shrinksAt: null };
const owed = (due: Partial<Record<keyof typeof nothing, string>>) => owedOf({ ...nothing, ...due }, (at) => at);

test('nothing is said while nothing is owed and all fits', () => {
  expect(owed({})).toBeNull();
});

test('what is owed is said with the day on which everything stops, and after it that it has', () => {
  const due = { unpaidSince: '1 Jan', suspendsAt: '8 Jan' };
  expect(owed(due)).toEqual({
    tone: 'warn',
    title: 'A payment is owed.',
    text: 'Since 1 Jan. Everything is stopped on 8 Jan, unless it is paid before.',
  });
  expect(owed({ ...due, suspendedAt: '8 Jan', shrinksAt: '9 Jan' })).toMatchObject({
    tone: 'bad',
    text: expect.stringContaining('Since 8 Jan. All data is kept.'),
  });
});

test('that projects hold more than their plan gives is said with the day on which they sleep', () => {
  expect(owed({ shrinksAt: '9 Jan' })).toMatchObject({ tone: 'warn', text: expect.stringContaining('On 9 Jan') });
});

test('who does not see the bill is told that everything is stopped, and who can pay', () => {
  expect(suspensionOf(null, (at) => at)).toBeNull();
  expect(suspensionOf('8 Jan', (at) => at)).toEqual({
    tone: 'bad',
    title: 'Everything is stopped, since a payment is owed.',
    text: 'Since 8 Jan. Its owners, and members with the role Billing, can pay. All data is kept. Once it is paid, all that ran before runs again.',
  });
});
