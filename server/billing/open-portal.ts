import type { PortalVisit } from '@apployd/backplane/payments/payments';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { beginAct, billingPage } from './act.js';
import { ensureCustomer, requirePayments } from './customer.js';

export type BillingPortalOpenInput = {
  readonly organizationId: string;
  readonly page?: PortalVisit['page'] | null;
  readonly idempotencyKey?: string | null;
};

/** The page on which cards, addresses and tax numbers are seen to, and what is owed is paid. */
export async function openPortal(context: Context, input: BillingPortalOpenInput) {
  const { organizationId, act } = await beginAct(context, 'billingPortalOpen', input);
  const payments = await requirePayments(context);
  const customerId = await ensureCustomer(context, payments, organizationId);
  const page = input.page ?? 'HOME';
  const url = await payments.openPortal({ customerId, page, returnUrl: await billingPage(context, organizationId) });
  const made = await perform(context, act, async () => ({
    result: { organizationId },
    audit: { target: input.organizationId, after: { opened: page } },
  }));
  return { ...made, url };
}
