import { carryOut } from '@apployd/backplane/payments/carry-out';
import type { Context } from '../context.js';
import { wake } from '../wake.js';
import { beginAct, runningOf } from './act.js';
import { notSubscribed, requireCustomer, requirePayments } from './customer.js';
import { makeOnce } from './make-once.js';

export type BillingEndingSetInput = {
  readonly organizationId: string;
  readonly ends: boolean;
  readonly idempotencyKey?: string | null;
};

/** Has the subscription end with the period that is paid for, or go on after all, as it is. */
export async function setEnding(context: Context, input: BillingEndingSetInput) {
  const begun = await beginAct(context, 'billingEndingSet', input);
  const { organizationId } = begun;
  const { ends } = input;
  const payments = await requirePayments(context);
  const made = await makeOnce<{ organizationId: string }>(
    context,
    begun,
    { ends },
    async ({ id: key, attempt, before, ask }) => {
      const current = runningOf(await payments.subscriptions(await requireCustomer(context, payments, organizationId)));
      if (!current) throw notSubscribed();
      const audit = { target: input.organizationId, before: { ends: current.cancelAt !== null }, after: { ends } };
      const deed = { kind: 'ENDING', subscriptionId: current.id, ends } as const;
      const promised = before ?? { result: { organizationId }, audit, deed };
      const isMade = current.changeIds.includes(key);
      await ask({ promised, isMade }, (hold) => carryOut(payments, promised.deed, { key, attempt, hold }));
      return promised;
    },
  );
  await wake(context, 'settle-billing', [organizationId]);
  return made;
}
