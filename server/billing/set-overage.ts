import type { Money } from '@apployd/core/billing';
import { mostCapGigabytes } from '@apployd/core/overage';
import { ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { tellOrganization } from '../organization/tell.js';
import { wake } from '../wake.js';
import { beginAct, type Begun } from './act.js';
import { agreedPrice } from './agreed-price.js';
import { keepCap } from './keep-cap.js';
import { paymentMode } from './payment-mode.js';
import { requireCharged, sellOverage } from './sell-overage.js';
import { takeTurn } from './take-turn.js';

export type BillingOverageSetInput = {
  readonly organizationId: string;
  readonly capGigabytes?: number | null;
  readonly idempotencyKey?: string | null;
};

type Told = { organizationId: string };
type Made = Told & { readonly replayed: boolean };
type Asked = { readonly begun: Begun; readonly capGigabytes: number };

/** Up to how much bandwidth beyond the pool is bought in a month; null: none is. What was sent until now is never charged. */
export async function setOverage(context: Context, input: BillingOverageSetInput): Promise<Made> {
  const capGigabytes = checkedCap(input.capGigabytes ?? null);
  const begun = await beginAct(context, 'billingOverageSet', input, 'billing:overage');
  if (capGigabytes === null || (await begun.isDone())) return keep(context, begun, { ...nothingSold, capGigabytes });
  const { organizationId } = begun;
  const before = await context.db.overage.findUnique({ where: { organizationId } });
  if (before?.capGigabytes == null) return buy(context, { begun, capGigabytes });
  // Who may be charged less is not to be kept from it, whether Stripe answers or not.
  if (capGigabytes <= before.capGigabytes) return keep(context, begun, { ...nothingSold, capGigabytes });
  const price = await requireCharged(context, organizationId, agreedPrice(before));
  return keep(context, begun, { capGigabytes, price, isNew: false });
}

function checkedCap(cap: number | null): number | null {
  if (cap === null || (cap >= 1 && cap <= mostCapGigabytes)) return cap;
  const message = `The cap is 1 to ${mostCapGigabytes} gigabytes of a month; null where none beyond the pool are bought.`;
  throw new ValidationError([{ path: ['capGigabytes'], rule: 'OUT_OF_RANGE', message }]);
}

/** Where none was bought before, nobody else changes the subscription meanwhile. */
function buy(context: Context, { begun, capGigabytes }: Asked): Promise<Made> {
  const asked = { overageGigabytes: capGigabytes };
  const { organizationId } = begun;
  return takeTurn<Told, Made>(context, begun, asked, async ({ id, hold, finishAsHolder }) => {
    // Who was sent twice at once has waited for the first.
    if (await begun.isDone()) return keep(context, begun, { ...nothingSold, capGigabytes });
    const price = await sellOverage(context, organizationId, { key: id, hold });
    try {
      return await keep(context, begun, { capGigabytes, price, isNew: true }, finishAsHolder);
    } finally {
      // The engine ends what is not charged as it was decided here.
      await wake(context, 'settle-billing', [organizationId]);
    }
  });
}

type Wanted = { readonly capGigabytes: number | null; readonly price: Money | null; readonly isNew: boolean };
const nothingSold = { price: null, isNew: false } as const;

async function keep(
  context: Context,
  { organizationId, act, viewer }: Begun,
  wanted: Wanted,
  finish?: (tx: Transaction) => Promise<void>,
): Promise<Made> {
  const { capGigabytes } = wanted;
  const isLive = await paymentMode(context);
  return perform<Told>(context, act, async (tx) => {
    await finish?.(tx);
    const before = await keepCap(tx, organizationId, { ...wanted, isLive });
    const data = { capGigabytes, formerCapGigabytes: before };
    const event = { type: 'billing.overage_set', subjectId: organizationId, actorId: viewer.userId, data };
    await tellOrganization(tx, organizationId, event);
    const audit = { target: act.input.organizationId, before: { capGigabytes: before }, after: { capGigabytes } };
    return { result: { organizationId }, audit };
  });
}
