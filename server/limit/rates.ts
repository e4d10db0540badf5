import type { Bucket, Limits, Taken } from '@apployd/backplane/limits/limits';
import { inShares } from '@apployd/backplane/limits/shares';
import type { ServerSettings } from '../config.js';
import type { Context } from '../context.js';
import { mutationCost } from '../cost.js';
import { networkOf } from '../network-of.js';
import { requestError } from '../request-error.js';
import type { Pays } from './pays.js';

/** What has been paid for an operation, and from which bucket. */
export type Paid = {
  readonly key: string;
  readonly points: number;
  /** What it costs however little it answers. */
  readonly least: number;
  readonly bucket: Bucket;
  readonly remaining: number;
};

/** How much may be asked, and how often. What is over throws RATE_LIMITED with the time to wait. */
export type Rates = {
  /** Charges an operation to its principal, or to the address of who has not signed in. */
  charge(payer: Payer, cost: { readonly points: number; readonly mutations: number }): Promise<Paid>;
  /** Gives back what the operation did not need; what was paid in the end. */
  settle(paid: Paid, used: number): Promise<Paid>;
  deployment(organizationId: string): Promise<void>;
  upload(organizationId: string, bytes: number): Promise<void>;
  subscription(payer: Payer): Promise<void>;
  /** A read for which who takes payments is asked, who counts all organizations together. */
  payments(organizationId: string): Promise<void>;
};

type Payer = Pick<Context, 'viewer' | 'address'>;

export function rates(limits: Limits, settings: ServerSettings, pays: Pays): Rates {
  const buckets = bucketsOf(settings);
  const shared = inShares(limits);
  const take = async (key: string, points: number, bucket: Bucket, what: string): Promise<Taken> => {
    const taken = await shared.take(key, points, bucket);
    if (!taken.granted) throw tooMuch(taken, bucket, what);
    return taken;
  };
  const budgetOf = async ({ viewer, address }: Payer) => {
    if (!viewer) return { key: `cost ${nameOf({ viewer, address })}`, bucket: buckets.anonymousCost };
    // One has no share in the other: points of both are not worth the same.
    if (await pays(viewer)) return { key: `paid cost ${viewer.principalId}`, bucket: buckets.paidCost };
    return { key: `cost ${viewer.principalId}`, bucket: buckets.cost };
  };
  return {
    charge: async (payer, { points, mutations }) => {
      const { key, bucket } = await budgetOf(payer);
      if (payer.viewer && mutations > 0) {
        await take(`mutation ${nameOf(payer)}`, mutations, buckets.mutations, 'mutations');
      }
      const { remaining } = await take(key, points, bucket, 'points');
      return { key, points, least: Math.max(1, mutations * mutationCost), bucket, remaining };
    },
    settle: async (paid, used) => {
      const points = Math.min(paid.points, Math.max(paid.least, used));
      const over = paid.points - points;
      if (over === 0) return paid;
      await shared.refund(paid.key, over, paid.bucket);
      return { ...paid, points, remaining: Math.min(paid.bucket.capacity, paid.remaining + over) };
    },
    deployment: async (organizationId) =>
      void (await take(`deployment ${organizationId}`, 1, buckets.deployments, 'deployments')),
    upload: async (organizationId, bytes) =>
      void (await take(`upload ${organizationId}`, bytes, buckets.uploads, 'bytes of uploads')),
    subscription: async (payer) =>
      void (await take(`subscription ${nameOf(payer)}`, 1, buckets.subscriptions, 'subscriptions')),
    payments: async (organizationId) =>
      void (await take(`payments ${organizationId}`, 1, buckets.payments, 'reads of payments')),
  };
}

/** More than a person asks for, and few enough that one organization keeps no other from paying. */
const paymentsAMinute = 30;

function bucketsOf(settings: ServerSettings) {
  const aMinute = (capacity: number): Bucket => ({ capacity, perSecond: capacity / 60 });
  return {
    cost: { capacity: settings.SERVER_RATE_POINTS, perSecond: settings.SERVER_RATE_POINTS_PER_SECOND },
    paidCost: {
      capacity: settings.SERVER_RATE_PAID_POINTS,
      perSecond: settings.SERVER_RATE_PAID_POINTS_PER_SECOND,
    },
    anonymousCost: aMinute(settings.SERVER_RATE_ANONYMOUS_POINTS),
    mutations: aMinute(settings.SERVER_RATE_MUTATIONS),
    uploads: { capacity: settings.SERVER_RATE_UPLOAD_BYTES, perSecond: settings.SERVER_RATE_UPLOAD_BYTES / 86_400 },
    deployments: aMinute(settings.SERVER_RATE_DEPLOYMENTS),
    subscriptions: aMinute(settings.SERVER_RATE_SUBSCRIPTIONS),
    payments: aMinute(paymentsAMinute),
  };
}

function nameOf({ viewer, address }: Payer): string {
  return viewer ? viewer.principalId : `at ${networkOf(address)}`;
}

function tooMuch({ remaining, retryAfterMs }: Taken, { capacity }: Bucket, what: string) {
  const seconds = Math.ceil(retryAfterMs / 1_000);
  const message = `There are ${remaining} of ${capacity} ${what} left, which is too few. Wait ${seconds} s.`;
  return requestError('RATE_LIMITED', message, { retryAfterMs, remaining, limit: capacity });
}
