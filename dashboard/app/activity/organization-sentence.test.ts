import type { OrganizationEvent } from '@apployd/sdk';
import { expect, test } from 'vitest';
import { organizationSentenceOf } from './organization-sentence.js';

const words = {
  base: '/acme',
  planName: (code: string) => ({ HOBBY: 'Hobby', PRO: 'Pro' })[code] ?? code,
  date: (at: string) => at.slice(0, 10),
};
const acme = { __typename: 'Organization', id: 'org_1', slug: 'acme', name: 'Acme' } as const;
const say = (type: string, data: OrganizationEvent['data'] = {}, subject: OrganizationEvent['subject'] = acme) =>
  organizationSentenceOf({ type, data, subject }, words);

test('what somebody has decided of the bill is told with what it comes to', () => {
  expect(say('billing.plan_changed', { plan: 'Pro', interval: 'YEAR' })).toEqual({
    ...{ isDeed: true, words: 'changed', tone: 'plain', detail: 'To Pro, paid by the year.' },
    what: { label: 'The plan', to: '/acme/billing' },
  });
  const later = { begins: 'PERIOD_END', effectiveAt: '2027-02-01T00:00:00.000Z' };
  expect(say('billing.plan_changed', { plan: 'Hobby', interval: 'MONTH', ...later })).toMatchObject({
    ...{ words: 'is to change', detail: 'To Hobby, paid by the month. From 2027-02-01 on.' },
  });
  expect(say('billing.ending_set', { ends: true })).toMatchObject({ isDeed: true, words: 'ended' });
  expect(say('billing.ending_set', { ends: false })).toMatchObject({ isDeed: true, words: 'kept' });
  const cap = (capGigabytes: number | null, formerCapGigabytes: number | null) =>
    say('billing.overage_set', { capGigabytes, formerCapGigabytes }).detail;
  expect(cap(10, null)).toBe('Up to 10 GB a month are bought.');
  expect(cap(5, 10)).toBe('Up to 5 GB a month are bought. Before: 10 GB.');
  expect(cap(null, 5)).toBe('None is bought any more. Before: 5 GB.');
  expect(say('billing.overage_set', { capGigabytes: null }).words).toBe('took back the cap for');
});

test('the subscription is told as it is and will be, and what is owed with when it has consequences', () => {
  const booked = { status: 'ACTIVE', planCode: 'PRO', interval: 'MONTH', cancelAt: null };
  expect(say('billing.changed', { ...booked, scheduledPlanCode: 'HOBBY', scheduledInterval: 'MONTH' })).toMatchObject({
    ...{ isDeed: false, words: 'is paid', tone: 'good' },
    detail: 'Pro, paid by the month. It becomes Hobby, paid by the month.',
  });
  const ending = { ...booked, status: 'PAST_DUE', cancelAt: '2027-02-01T00:00:00.000Z' };
  expect(say('billing.changed', ending)).toMatchObject({
    ...{ words: 'owes a payment', tone: 'bad', detail: 'Pro, paid by the month. It ends on 2027-02-01.' },
  });
  const endsAt = '2027-01-08T00:00:00.000Z';
  expect(say('billing.payment_due', { endsAt }).detail).toBe(
    'Everything is stopped on 2027-01-08, unless it is paid before.',
  );
  expect(say('billing.payment_due', { endsAt, isPaused: true })).toMatchObject({
    ...{ words: 'is paused', detail: 'Everything is stopped on 2027-01-08, unless it goes on before.' },
  });
  expect(say('billing.over_limit', { endsAt, plan: 'HOBBY' }).detail).toBe(
    'What does not fit sleeps from 2027-01-08 on.',
  );
  expect(say('billing.projects_put_to_sleep', { projects: ['prj_1', 'prj_2'] }).what).toEqual({
    label: '2 projects',
    to: '/acme/pool',
  });
  expect(say('billing.change_unknown', { ends: true })).toMatchObject({ tone: 'warn', detail: 'It was to end.' });
  expect(say('organization.plan_set', { from: 'HOBBY', to: 'PRO' }).detail).toBe('From Hobby to Pro.');
});

test('each type of the documentation is a sentence of its own', () => {
  const types = ['suspended', 'resumed', 'created', 'updated', 'transferred'].map((verb) => `organization.${verb}`);
  for (const type of [...types, 'billing.overage_ended', 'plan.updated', 'allocations.set', 'bandwidth.warned']) {
    expect(say(type).words).not.toContain('·');
  }
  const grace = { __typename: 'User', id: 'usr_1', name: 'Grace' } as const;
  expect(say('member.role_set', { role: 'BILLING' }, grace)).toMatchObject({
    ...{ words: 'gave another role to', what: { label: 'Grace', to: '/acme/members' }, detail: 'Now: billing.' },
  });
  expect(say('project.erased', { name: 'Shop' }, null).what?.label).toBe('Shop');
});

test('a type that is new here is told by its name', () => {
  expect(say('billing.donated', {})).toMatchObject({ words: '· billing.donated' });
});
