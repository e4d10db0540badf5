import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { wake } from '../wake.js';
import { beginAct, runningOf } from './act.js';
import { notSubscribed, requireCustomer, requirePayments } from './customer.js';

export type BillingEndingSetInput = {
  readonly organizationId: string;
  readonly ends: boolean;
  readonly idempotencyKey?: string | null;
};

/** Has the subscription end with the period that is paid for, or go on after all, as it is. */
export async function setEnding(context: Context, input: BillingEndingSetInput) {
  const { organizationId, act, key, isDone } = await beginAct(context, 'billingEndingSet', input);
  const payments = await requirePayments(context);
  const current = runningOf(await payments.subscriptions(await requireCustomer(context, payments, organizationId)));
  if (!isDone) {
    if (!current) throw notSubscribed();
    await payments.setEnding({ subscriptionId: current.id, ends: input.ends, key });
  }
  const made = await perform(context, act, async () => ({
    result: { organizationId },
    audit: {
      target: input.organizationId,
      before: { ends: current?.cancelAt != null },
      after: { ends: input.ends },
    },
  }));
  await wake(context, 'settle-billing', [organizationId]);
  return made;
}
