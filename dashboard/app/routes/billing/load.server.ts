import { randomUUID } from 'node:crypto';
import type { LoaderFunctionArgs } from '@remix-run/node';
import { type Apployd, ApploydError, AuthenticationError } from '@apployd/sdk';
import { OrganizationEventPageDocument } from '@apployd/sdk/documents';
import { signedIn } from '../../api/api.server.js';

/** The plan, what else there is, what is paid for, and what happened last: as far as the visitor's role may see it. */
export const loadBilling = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ apployd, ask }) => {
    const by = { slug: call.params.org ?? '' };
    const { searchParams } = new URL(call.request.url);
    const [{ plan }, plans, billing, { data }] = await Promise.all([
      apployd.organizations.get(by),
      apployd.plans.list(),
      apployd.billing.get(by),
      ask(OrganizationEventPageDocument, { by, last: eventsFirst }),
    ]);
    const isCustomer = Boolean(billing?.isConfigured && billing.status);
    const after = searchParams.get('after') ?? undefined;
    const invoices = isCustomer ? await invoicesOf(apployd, by, after) : { invoices: [], hasMore: false };
    const hasPaid = searchParams.get('checkout') === 'done';
    const events = data.organization?.events ?? null;
    return { plan, plans, billing, invoices, events, hasPaid, endingKey: randomUUID() };
  });

const eventsFirst = 10;
const patienceMs = 5_000;

/** Null when they cannot be had just now: the rest of the page does not wait for Stripe. */
async function invoicesOf({ billing }: Apployd, by: { readonly slug: string }, after: string | undefined) {
  try {
    return await billing.invoices(by, { after, deadlineMs: patienceMs });
  } catch (error) {
    if (!(error instanceof ApploydError) || error instanceof AuthenticationError) throw error;
    return null;
  }
}
