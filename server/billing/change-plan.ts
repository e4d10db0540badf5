import { carryOut } from '@apployd/backplane/payments/carry-out';
import { isToEnd } from '@apployd/backplane/payments/refuse-ending';
import type { ChangePart, Payments, PlanChange, SubscriptionState } from '@apployd/backplane/payments/payments';
import { changeBegins, type BillingInterval } from '@apployd/core/billing';
import { ConflictError, InvalidStateError, ValidationError } from '@apployd/core/refusal';
import type { Plan } from '@apployd/prisma/generated/client/client';
import type { Context } from '../context.js';
import { wake } from '../wake.js';
import { pricesOf } from '../plan/prices.js';
import { beginAct, runningOf, type Begun } from './act.js';
import { notSubscribed, requireCustomer, requirePayments } from './customer.js';
import { makeOnce } from './make-once.js';
import { planForSale, refuseUnfit, shownOffer } from './plan-for-sale.js';
import type { Promised, Turn } from './take-turn.js';

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
  const begun = await beginAct(context, 'billingPlanChange', input);
  const payments = await requirePayments(context);
  const plan = await planForSale(context, input.planId, input.interval);
  const wanted = { plan, interval: input.interval, at };
  if (input.preview) {
    const current = await currentOf(context, payments, begun.organizationId);
    return { ...(await decide(context, payments, { begun, current, wanted })), applied: false, replayed: false };
  }
  const asked = { plan: plan.name, interval: input.interval };
  const made = await makeOnce<Told>(context, begun, asked, async (turn) => {
    const current = await currentOf(context, payments, begun.organizationId);
    const promised = await promiseOf(context, payments, { begun, current, wanted, turn, input });
    const { id: key, attempt } = turn;
    const isMade = current.changeIds.includes(key);
    await turn.ask({ promised, isMade }, (hold) => carryOut(payments, promised.deed, { key, attempt, hold }));
    return promised;
  });
  await wake(context, 'settle-billing', [begun.organizationId]);
  return { ...made, applied: true };
}

type Told = {
  organizationId: string;
  dueNow: { amountMinor: number; currency: string };
  recurring: { amountMinor: number; currency: string };
  /** Since there is a word for them: what was told before has none. */
  parts?: ChangePart[];
  begins: PlanChange['begins'];
  effectiveAt: string;
  at: string;
};

type Wanted = { readonly plan: Plan; readonly interval: BillingInterval; readonly at: Date };
type Look = { readonly begun: Begun; readonly current: SubscriptionState; readonly wanted: Wanted };

const offerOf = ({ plan, interval }: Wanted) => shownOffer(plan, interval);

async function currentOf(context: Context, payments: Payments, organizationId: string): Promise<SubscriptionState> {
  const states = await payments.subscriptions(await requireCustomer(context, payments, organizationId));
  const current = runningOf(states);
  if (!current) throw notSubscribed();
  return current;
}

/** What an earlier attempt has made is only to be told; what it has not is decided as it was then. */
async function promiseOf(
  context: Context,
  payments: Payments,
  look: Look & { readonly turn: Turn<Told>; readonly input: BillingPlanChangeInput },
): Promise<Promised<Told>> {
  const { begun, current, turn, input } = look;
  if (turn.before && current.changeIds.includes(turn.id)) return turn.before;
  if (turn.last && input.at && turn.last.at > input.at) throw overtaken(turn.last.words);
  const wanted = turn.before ? { ...look.wanted, at: new Date(turn.before.result.at) } : look.wanted;
  const result = await decide(context, payments, { begun, current, wanted });
  const before = current.offer && { plan: current.offer.planCode, interval: current.offer.interval };
  const after = { plan: wanted.plan.code, interval: wanted.interval };
  const { begins, at } = result;
  const deed = { kind: 'CHANGE', subscriptionId: current.id, offer: offerOf(wanted), begins, at } as const;
  return { result, audit: { target: input.organizationId, ...(before && { before }), after }, deed };
}

/** What was previewed is of a subscription that is another by now: it would cost something else. */
function overtaken(words: string): ConflictError {
  return new ConflictError(`${words} after this was previewed, and nothing else was changed. Preview it again.`);
}

/** When the change begins and what it costs, unless it is refused. */
async function decide(context: Context, payments: Payments, { begun, current, wanted }: Look): Promise<Told> {
  const { organizationId } = begun;
  const { plan, interval, at } = wanted;
  if (at < current.currentPeriodStart) throw tooOld();
  const begins = await beginsWhen(context, current, plan, interval);
  if (begins === 'PERIOD_END' && current.cancelAt) throw isToEnd();
  await refuseUnfit(context, organizationId, plan);
  const price = await payments.preview({ subscriptionId: current.id, offer: offerOf(wanted), begins, at });
  return {
    ...{ organizationId, begins, dueNow: price.dueNow, recurring: price.recurring, parts: [...price.parts] },
    ...{ effectiveAt: price.effectiveAt.toISOString(), at: at.toISOString() },
  };
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

async function beginsWhen(
  { db }: Context,
  { offer, price, scheduled }: SubscriptionState,
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
  const now = await db.plan.findUnique({ where: { code: offer.planCode } });
  const sold = now && pricesOf(now)[offer.interval];
  return changeBegins(
    { ...offer, price: price ?? sold, position: now?.position ?? 0 },
    { planCode: plan.code, interval, price: pricesOf(plan)[interval], position: plan.position },
  );
}
