import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import type { SubscriptionState } from '@apployd/backplane/payments/payments';
import { standingOf } from '@apployd/core/billing';
import type { Billing, Organization } from '@apployd/prisma/generated/client/client';
import { countOverages } from '@apployd/prisma/count-overages';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { found } from '../reconcile/found.js';
import { applyPlan } from './apply-plan.js';
import { applyStanding } from './apply-standing.js';
import { askFor, nothingDone, type Deeds } from './deeds.js';
import { endOverage } from './end-overage.js';
import { findOutChange } from './find-out-change.js';
import { liftSuspension } from './lift-suspensions.js';
import { lockOrganization, PlanMoved } from './lock-organization.js';
import { record } from './record.js';

const tries = 20;
const patience = { maxWait: 10_000, timeout: 15_000 } as const;

/**
 * Sets what an organization has as Stripe says that it is now. A look that began before another was written is not written,
 * but done again: so the last one that is written is never older than any. Gives what was otherwise than was known.
 */
export async function settleBilling(engine: Engine, organizationId: string): Promise<readonly string[]> {
  const payments = await engine.payments?.();
  if (!payments) {
    await liftSuspension(engine, organizationId);
    return [];
  }
  for (let tried = 0; tried < tries; tried += 1) {
    const before = await engine.db.billing.findUnique({ where: { organizationId } });
    if (!before) return [];
    await findOutChange(engine, payments, before);
    // A customer of test mode is nobody where the key is live, and the other way round.
    const isKnown = before.isLive === payments.isLive;
    const states = isKnown ? await payments.subscriptions(before.customerId) : [];
    const [current, ...others] = states;
    reportSecond(engine, organizationId, others);
    const deeds = nothingDone();
    const look = { before, current, isLive: payments.isLive, deeds };
    const drift = await transactAndTell(engine, (tx) => write(engine, tx, look), patience).catch((error: unknown) => {
      if (error instanceof PlanMoved) return null;
      throw error;
    });
    if (drift === null) continue;
    await askFor(engine, organizationId, deeds);
    return drift;
  }
  throw new Error(`What organization ${organizationId} has changes all the time.`);
}

/** Somebody has bought twice: money is the operator's to give back. */
function reportSecond(engine: Engine, organizationId: string, others: readonly SubscriptionState[]): void {
  const running = others.filter(({ status }) => standingOf[status] !== 'NONE');
  if (running.length === 0) return;
  found(engine, 'billing.two-subscriptions', { organizationId, subscriptions: running.map(({ id }) => id) });
}

type Look = {
  readonly before: Billing;
  readonly current: SubscriptionState | undefined;
  readonly isLive: boolean;
  readonly deeds: Deeds;
};

/** Null when another look was written meanwhile. */
async function write(
  engine: Engine,
  tx: Transaction,
  { before, current, isLive, deeds }: Look,
): Promise<readonly string[] | null> {
  const organization = await lockOrganization(
    tx,
    before.organizationId,
    current?.offer?.planCode,
    before.formerPlanCode,
  );
  const now = engine.clock.now();
  // What was sent until now is charged by what held until now: its plan, its cap, and whether anything was owed.
  await countOverages(tx, [before.organizationId], { now, isLive });
  const mirrored = { ...mirrorOf(current), ...(before.isLive !== isLive && ofOtherMode(before)) };
  const { count } = await tx.billing.updateMany({
    where: { organizationId: before.organizationId, version: before.version },
    data: { ...mirrored, settledAt: now, triedAt: now, version: { increment: 1 } },
  });
  if (count === 0) return null;
  const drift = differencesOf(before, mirrored);
  if (drift.some((name) => name in shownOf(mirrored))) await tell(tx, organization, before, mirrored);
  const billing: Billing = { ...before, ...mirrored };
  const scene = {
    ...{ engine, tx, organization, billing, now, deeds },
    standing: standing(mirrored),
    owedSince: current?.unpaidSince ?? null,
    overagePrice: current?.overagePrice ?? null,
    lastPaid: standing(before) === 'PAID' ? before.settledAt : null,
  };
  await endOverage(scene);
  await applyPlan(scene);
  await applyStanding(scene);
  return drift;
}

const standing = ({ status }: Pick<Billing, 'status'>) => (status === null ? 'NONE' : standingOf[status]);

/** What the row keeps of the state. */
function mirrorOf(current: SubscriptionState | undefined) {
  return {
    subscriptionId: current?.id ?? null,
    status: current?.status ?? null,
    planCode: current?.offer?.planCode ?? null,
    interval: current?.offer?.interval ?? null,
    currentPeriodStart: current?.currentPeriodStart ?? null,
    currentPeriodEnd: current?.currentPeriodEnd ?? null,
    trialEndsAt: current?.trialEndsAt ?? null,
    cancelAt: current?.cancelAt ?? null,
    scheduledPlanCode: current?.scheduled?.planCode ?? null,
    scheduledInterval: current?.scheduled?.interval ?? null,
  };
}

/** What has not ended there goes on, though nobody can see it: it is remembered until its mode is that of the key again. */
const ofOtherMode = ({ status, subscriptionId }: Billing) => ({
  subscriptionId: status === 'CANCELED' ? null : subscriptionId,
});

type Mirror = ReturnType<typeof mirrorOf>;

function differencesOf(before: Billing, mirrored: Mirror): string[] {
  const plain = (value: Date | string | null) => (value instanceof Date ? value.getTime() : value);
  const names = Object.keys(mirrored) as (keyof Mirror)[];
  return names.filter((name) => plain(before[name]) !== plain(mirrored[name]));
}

function tell(tx: Transaction, organization: Organization, before: Billing, after: Mirror) {
  return record(tx, organization, 'billing.changed', { before: shownOf(before), after: shownOf(after) });
}

/** What somebody has decided or paid, or has not. That a period has passed is no change. */
function shownOf({ status, planCode, interval, cancelAt, scheduledPlanCode, scheduledInterval }: Mirror) {
  const ends = cancelAt?.toISOString() ?? null;
  return { status, planCode, interval, cancelAt: ends, scheduledPlanCode, scheduledInterval };
}
