import { mostCapGigabytes, readOveragePrice } from '@apployd/core/overage';
import { InvalidStateError, ValidationError } from '@apployd/core/refusal';
import { periodOf } from '@apployd/core/usage';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { beginAct, runningOf } from './act.js';
import { notSubscribed, requireCustomer, requirePayments } from './customer.js';

export type BillingOverageSetInput = {
  readonly organizationId: string;
  readonly capGigabytes?: number | null;
  readonly idempotencyKey?: string | null;
};

/** Up to how much bandwidth beyond the pool is bought in a month; null: none is. What was sent until now is never charged. */
export async function setOverage(context: Context, input: BillingOverageSetInput) {
  const capGigabytes = checkedCap(input.capGigabytes ?? null);
  const begun = await beginAct(context, 'billingOverageSet', input, 'billing:overage');
  const { organizationId, act, request: key } = begun;
  if (capGigabytes !== null && !(await begun.isDone())) await beSold(context, organizationId, key);
  return perform(context, act, async (tx) => {
    const before = await keepCap(tx, organizationId, capGigabytes);
    const audit = { target: input.organizationId, before: { capGigabytes: before }, after: { capGigabytes } };
    return { result: { organizationId }, audit };
  });
}

function checkedCap(cap: number | null): number | null {
  if (cap === null || (cap >= 1 && cap <= mostCapGigabytes)) return cap;
  const message = `The cap is 1 to ${mostCapGigabytes} gigabytes of a month; null where none beyond the pool are bought.`;
  throw new ValidationError([{ path: ['capGigabytes'], rule: 'OUT_OF_RANGE', message }]);
}

/** Has Stripe charge with the subscription for what is reported from now on. */
async function beSold(context: Context, organizationId: string, key: string): Promise<void> {
  const payments = await requirePayments(context);
  const price = readOveragePrice(context.settings.BILLING_OVERAGE_PRICE);
  const current = runningOf(await payments.subscriptions(await requireCustomer(context, payments, organizationId)));
  if (!current?.offer) throw notSubscribed();
  const plan = await context.db.plan.findUnique({ where: { code: current.offer.planCode } });
  if (!price || plan?.priceCurrency !== price.currency) {
    const message = 'Bandwidth beyond the pool is not sold here. Ask the operator, or choose a larger plan.';
    throw new InvalidStateError(message, 'NOT_FOR_SALE', ['FOR_SALE']);
  }
  if (current.scheduled) {
    const message = 'The subscription is to become another one. Keep it as it is first, or wait until it has.';
    throw new InvalidStateError(message, 'SCHEDULED', ['ACTIVE']);
  }
  await payments.sellOverage({ subscriptionId: current.id, interval: current.offer.interval, key });
}

/** Counting begins with what was sent by now. Gives the cap of before. */
async function keepCap(tx: Transaction, organizationId: string, capGigabytes: number | null): Promise<number | null> {
  await tx.$queryRaw`SELECT 1 FROM "Overage" WHERE "organizationId" = ${organizationId}::uuid FOR UPDATE`;
  const before = await tx.overage.findUnique({ where: { organizationId } });
  const { start: month } = periodOf(new Date());
  const { _sum } = await tx.usageMonth.aggregate({ where: { organizationId, month }, _sum: { bytesOut: true } });
  const isCounting = before !== null && before.capGigabytes !== null && capGigabytes !== null;
  const isOtherMonth = before?.month.getTime() !== month.getTime();
  const counted = {
    ...(isOtherMonth && { month, overBytes: 0, reportedGigabytes: 0 }),
    ...((isOtherMonth || !isCounting) && { seenBytes: _sum.bytesOut ?? 0n }),
  };
  await tx.overage.upsert({
    where: { organizationId },
    create: { organizationId, capGigabytes, month, seenBytes: _sum.bytesOut ?? 0n },
    update: { capGigabytes, ...counted },
  });
  return before?.capGigabytes ?? null;
}
