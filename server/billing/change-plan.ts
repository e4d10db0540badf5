import type { PlanChange, SubscriptionState } from '@apployd/backplane/payments/payments';
import { changeBegins, type BillingInterval } from '@apployd/core/billing';
import { InvalidStateError, ValidationError } from '@apployd/core/refusal';
import type { Plan } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { wake } from '../wake.js';
import { beginAct, runningOf } from './act.js';
import { notSubscribed, requireCustomer, requirePayments } from './customer.js';
import { planForSale, refuseUnfit } from './plan-for-sale.js';

export type BillingPlanChangeInput = {
  readonly organizationId: string;
  readonly planId: string;
  readonly interval: BillingInterval;
  readonly preview?: boolean | null;
  readonly at?: Date | null;
  readonly idempotencyKey?: string | null;
};

/** What costs more begins and is charged now; what costs less begins when the period ends. With `preview` neither. */
export async function changePlan(context: Context, input: BillingPlanChangeInput) {
  const at = input.at ?? new Date();
  checkMoment(at);
  const { organizationId, act, key, isDone } = await beginAct(context, 'billingPlanChange', input);
  const payments = await requirePayments(context);
  const plan = await planForSale(context, input.planId, input.interval);
  const offer = { planCode: plan.code, interval: input.interval };
  if (isDone && !input.preview) return { ...(await perform(context, act, neverDone)), applied: true };
  const current = runningOf(await payments.subscriptions(await requireCustomer(context, payments, organizationId)));
  if (!current) throw notSubscribed();
  if (at < current.currentPeriodStart) throw tooOld();
  const begins = await beginsWhen(context, current, plan, input.interval);
  if (begins === 'PERIOD_END' && current.cancelAt) throw isToEnd();
  if (begins === 'PERIOD_END') await refuseUnfit(context, organizationId, plan);
  const change: PlanChange = { subscriptionId: current.id, offer, begins, at };
  const price = await payments.preview(change);
  const told = {
    ...{ organizationId, dueNow: price.dueNow, recurring: price.recurring },
    ...{ effectiveAt: price.effectiveAt.toISOString(), at: at.toISOString() },
  };
  if (input.preview) return { ...told, applied: false, replayed: false };
  await payments.change({ ...change, key });
  const before = current.offer && { plan: current.offer.planCode, interval: current.offer.interval };
  const made = await perform(context, act, async () => ({
    result: told,
    audit: {
      target: input.organizationId,
      ...(before && { before }),
      after: { plan: plan.code, interval: input.interval },
    },
  }));
  await wake(context, 'settle-billing', [organizationId]);
  return { ...made, applied: true };
}

type Told = {
  organizationId: string;
  dueNow: { amountMinor: number; currency: string };
  recurring: { amountMinor: number; currency: string };
  effectiveAt: string;
  at: string;
};

/** For a request whose effect is known: what it made is told again. */
function neverDone(): Promise<{ result: Told; audit: object }> {
  throw new InvalidStateError('The time to repeat this request is over. Look again, then decide.', 'FORGOTTEN', []);
}

const longestPreviewMs = 3_600_000;

/** A preview holds for an hour, and is of the past. */
function checkMoment(at: Date): void {
  const age = Date.now() - at.getTime();
  if (age < -60_000 || age > longestPreviewMs) throw tooOld();
}

function tooOld(): ValidationError {
  const message =
    'The moment of a change is one within the last hour, and of this period: what a preview said. Preview it again.';
  return new ValidationError([{ path: ['at'], rule: 'OUT_OF_RANGE', message }]);
}

/** Two decisions would stand against each other, and one of them be lost where the other fails. */
function isToEnd(): InvalidStateError {
  const message = 'The subscription is to end. Have it go on first, then choose what it becomes when the period ends.';
  return new InvalidStateError(message, 'ENDING', ['ACTIVE']);
}

async function beginsWhen(
  { db }: Context,
  { offer, scheduled }: SubscriptionState,
  plan: Plan,
  interval: BillingInterval,
) {
  // What is no plan of ours is left at once.
  if (!offer) return 'NOW';
  if (offer.planCode === plan.code && offer.interval === interval) {
    if (scheduled) return 'NOW';
    throw new InvalidStateError(
      `The organization has the plan ${plan.name} for this interval already.`,
      'UNCHANGED',
      [],
    );
  }
  const now = await db.plan.findUnique({ where: { code: offer.planCode }, select: { position: true } });
  return changeBegins(
    { position: now?.position ?? 0, interval: offer.interval },
    { position: plan.position, interval },
  );
}
