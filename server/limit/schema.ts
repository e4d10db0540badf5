import { builder } from '../builder.js';
import type { Context } from '../context.js';
import type { Paid } from './rates.js';

export const RateLimitRef = builder.objectRef<Paid>('RateLimit').implement({
  description:
    'Points that operations cost: a bucket that fills up steadily. Every answer says so in its headers, too.',
  fields: (t) => ({
    limit: t.int({ description: 'Points that the bucket holds.', resolve: ({ bucket }) => bucket.capacity }),
    remaining: t.exposeInt('remaining', {
      description: 'After this operation, before what it does not use is given back.',
    }),
    restorePerSecond: t.int({
      description: 'Points that come back each second.',
      resolve: ({ bucket }) => Math.max(1, Math.floor(bucket.perSecond)),
    }),
    cost: t.exposeInt('points', { description: 'What this operation was charged beforehand.' }),
    resetAt: t.field({
      type: 'DateTime',
      description: 'When the bucket will be full again.',
      resolve: ({ bucket: { capacity, perSecond }, remaining }) =>
        new Date(Date.now() + ((capacity - remaining) * 1_000) / perSecond),
    }),
  }),
});

/** What the running operation was charged: every one is, before it runs. */
export function paidIn({ paid }: Context): Paid {
  if (!paid) throw new Error('An operation runs that was not charged.');
  return paid;
}
