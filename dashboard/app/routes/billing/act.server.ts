import { randomUUID } from 'node:crypto';
import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { type Api, signedIn } from '../../api/api.server.js';
import type { Money } from '../../billing/money.js';
import type { Problem } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import type { TooSmall } from './what-is-to-shrink.js';
import type { PricePart } from './price-words.js';

type Offer = {
  readonly organizationId: string;
  readonly planId: string;
  readonly interval: 'MONTH' | 'YEAR';
};

/** What a change costs; sent along, the change costs exactly that, and is made once. */
export type Price = Offer & {
  readonly dueNow: Money;
  /** How that comes about; none where a price is shown once more. */
  readonly parts: readonly PricePart[];
  readonly recurring: Money;
  readonly effectiveAt: string;
  readonly at: string;
  readonly key: string;
};

export type BillingAnswer =
  | {
      readonly problem: Problem;
      readonly tooSmall?: TooSmall | null;
      /** Of a change that can be asked for again as it was: with its key it is made once. */
      readonly price?: Price;
      /** The same of an ending. */
      readonly endingKey?: string;
    }
  | { readonly saved: string }
  | { readonly price: Price };

type Act = (api: Api, form: FormData) => Promise<BillingAnswer | Response>;

/** Does what one of the forms asks for. Pages on which something is paid are Stripe's, and lead back here. */
export const actOnBilling = (call: ActionFunctionArgs): Promise<BillingAnswer | Response> =>
  signedIn(call, async (api) => {
    const form = await call.request.formData();
    const act = acts.get(textIn(form, 'intent'));
    if (!act) throw new Response('There is no such form.', { status: 400 });
    return act(api, form);
  });

const checkout: Act = async ({ apployd, attempt }, form) => {
  const asked = apployd.try.billing.openCheckout(offerIn(form));
  const { granted, problem } = await attempt(asked);
  return problem ? { problem, tooSmall: await tooSmallIn(asked) } : redirect(granted.url);
};

const portal: Act = async ({ apployd, attempt }, form) => {
  const page = textIn(form, 'page') === 'PAYMENT_METHOD' ? 'PAYMENT_METHOD' : 'HOME';
  const input = { organizationId: textIn(form, 'organizationId'), page } as const;
  const { granted, problem } = await attempt(apployd.try.billing.openPortal(input));
  return problem ? { problem } : redirect(granted.url);
};

const preview: Act = async ({ apployd, attempt }, form) => {
  const offer = offerIn(form);
  const asked = apployd.try.billing.changePlan({ ...offer, preview: true });
  const { granted, problem } = await attempt(asked);
  if (problem) return { problem, tooSmall: await tooSmallIn(asked) };
  const { dueNow, parts, recurring, effectiveAt, at } = granted;
  return { price: { ...offer, dueNow, parts, recurring, effectiveAt, at, key: randomUUID() } };
};

const change: Act = async ({ apployd, attempt }, form) => {
  const asked = apployd.try.billing.changePlan({
    ...offerIn(form),
    at: textIn(form, 'at'),
    idempotencyKey: textIn(form, 'key'),
  });
  const { problem } = await attempt(asked);
  if (problem) {
    const price = isOver.has(problem.code) ? null : priceIn(form);
    return { problem, tooSmall: await tooSmallIn(asked), ...(price && { price }) };
  }
  return { saved: 'The change is made. This page shows it within a moment.' };
};

const ending: Act = async ({ apployd, attempt }, form) => {
  const ends = textIn(form, 'ends') === 'true';
  const organizationId = textIn(form, 'organizationId');
  const endingKey = textIn(form, 'key');
  // Ending and going on are two requests.
  const idempotencyKey = endingKey ? `${endingKey}-${ends}` : null;
  const { problem } = await attempt(apployd.try.billing.setEnding({ organizationId, ends, idempotencyKey }));
  if (problem) return { problem, ...(!isOver.has(problem.code) && { endingKey }) };
  const saved = ends ? 'The subscription ends with what is paid for.' : 'The subscription goes on as it is.';
  return { saved: `${saved} This page shows it within a moment.` };
};

const overage: Act = async ({ apployd, attempt }, form) => {
  const cap = textIn(form, 'capGigabytes');
  const capGigabytes = cap === '' ? null : Number(cap);
  const organizationId = textIn(form, 'organizationId');
  const { problem } = await attempt(apployd.try.billing.setOverage({ organizationId, capGigabytes }));
  if (problem) return { problem };
  return { saved: capGigabytes === null ? 'Nothing is bought beyond the pool from now on.' : 'The cap is set.' };
};

const acts = new Map<string, Act>(Object.entries({ checkout, portal, preview, change, ending, overage }));

const offerIn = (form: FormData): Offer => ({
  organizationId: textIn(form, 'organizationId'),
  planId: textIn(form, 'planId'),
  interval: textIn(form, 'interval') === 'YEAR' ? 'YEAR' : 'MONTH',
});

/** Refused for good: the same request would be refused again, and another one is to be decided on. */
const isOver = new Set([
  'VALIDATION',
  'QUOTA_EXCEEDED',
  'PLAN_LIMIT',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'INVALID_STATE',
]);

/** What the page has shown of the price; null where the form says none. */
function priceIn(form: FormData): Price | null {
  const [due, each] = ['dueMinor', 'recurringMinor'].map((name) => Number(textIn(form, name) || NaN));
  const [currency, effectiveAt] = [textIn(form, 'currency'), textIn(form, 'effectiveAt')];
  if (!Number.isInteger(due) || !Number.isInteger(each) || !currency || !effectiveAt) return null;
  const money = (amountMinor = 0) => ({ amountMinor, currency });
  const shown = { dueNow: money(due), parts: [], recurring: money(each), effectiveAt };
  return { ...offerIn(form), ...shown, at: textIn(form, 'at'), key: textIn(form, 'key') };
}

type Asked = Promise<{ readonly __typename: string } & Partial<TooSmall>>;

/** By how much the plan is too small, and for which projects; null where it is refused for something else. */
async function tooSmallIn(asked: Asked): Promise<TooSmall | null> {
  const { violations, holdings } = (await asked.catch(() => null)) ?? {};
  return violations && holdings ? { violations, holdings } : null;
}
