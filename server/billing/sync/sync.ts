import type { Catalogue, CatalogueEntry, CataloguePlan } from '@apployd/backplane/payments/payments';
import { billingIntervals, type BillingInterval, type Money, type Offer } from '@apployd/core/billing';
import type { Db } from '@apployd/prisma/create-db';
import { pricesOf } from '../../plan/prices.js';

type Parts = {
  readonly db: Pick<Db, 'plan'>;
  readonly catalogue: Catalogue;
  /** Of a gigabyte beyond the pool; null: none is sold. */
  readonly overagePrice?: Money | null;
  /** A line for whoever runs it. */
  readonly say: (line: string) => void;
};

type Options = { readonly dryRun: boolean };

/** Has Stripe sell what the plans say, no more and no less; says what differs before it changes anything. */
export async function syncCatalogue({ db, catalogue, say, overagePrice = null }: Parts, { dryRun }: Options) {
  const plans = (await db.plan.findMany({ orderBy: { position: 'asc' } })).map((plan) => ({
    code: plan.code,
    name: plan.name,
    prices: plan.isSelectable ? pricesOf(plan) : { MONTH: null, YEAR: null },
  }));
  const sold = await catalogue.read();
  const overage = overageDifference(await catalogue.readOverage(), overagePrice);
  const differences = [...plans.flatMap((plan) => differencesOf(plan, sold)), ...strangers(plans, sold), ...overage];
  if (differences.length === 0) return say('Stripe sells what the plans say: nothing is to be done.');
  for (const { line } of differences) say(line);
  if (dryRun) return say('Nothing was changed.');
  for (const plan of plans) if (differences.some(({ puts }) => puts === plan.code)) await catalogue.put(plan);
  for (const { withdraws } of differences) if (withdraws) await catalogue.withdraw(withdraws);
  if (overage.length > 0) await catalogue.putOverage(overagePrice);
  say('Stripe sells what the plans say now. Who has a subscription keeps its price.');
}

type Difference = { readonly line: string; readonly puts?: string; readonly withdraws?: Offer };

function differencesOf(plan: CataloguePlan, sold: readonly CatalogueEntry[]): Difference[] {
  const own = sold.filter(({ planCode }) => planCode === plan.code);
  const named = own.find(({ name }) => name !== plan.name);
  return [
    ...(named ? [{ line: `${plan.code}: its name becomes ${plan.name}, from ${named.name}`, puts: plan.code }] : []),
    ...billingIntervals.flatMap((interval) => priceDifference(plan, interval, own)),
  ];
}

function priceDifference(
  { code, prices }: CataloguePlan,
  interval: BillingInterval,
  own: readonly CatalogueEntry[],
): Difference[] {
  const before = own.find((entry) => entry.interval === interval)?.price ?? null;
  const after = prices[interval];
  const what = `${code} by the ${interval.toLowerCase()}`;
  if (!after)
    return before ? [{ line: `${what}: not for sale any more`, withdraws: { planCode: code, interval } }] : [];
  if (before && before.amountMinor === after.amountMinor && before.currency === after.currency) return [];
  const from = before ? `, from ${shown(before)}` : '';
  return [{ line: `${what}: ${shown(after)}${from}`, puts: code }];
}

/** What is for sale there, of plans that there are not. */
function strangers(plans: readonly CataloguePlan[], sold: readonly CatalogueEntry[]): Difference[] {
  const codes = new Set(plans.map(({ code }) => code));
  return sold
    .filter(({ planCode }) => !codes.has(planCode))
    .map(({ planCode, interval }) => ({
      line: `${planCode} by the ${interval.toLowerCase()}: not for sale any more, since there is no such plan`,
      withdraws: { planCode, interval },
    }));
}

function overageDifference(before: Money | null, after: Money | null): Difference[] {
  if (before?.amountMinor === after?.amountMinor && before?.currency === after?.currency) return [];
  const what = 'bandwidth beyond the pool';
  if (!after) return [{ line: `${what}: not for sale any more` }];
  return [{ line: `${what}, a gigabyte: ${shown(after)}${before ? `, from ${shown(before)}` : ''}` }];
}

const shown = ({ amountMinor, currency }: Money) => `${amountMinor} minor units of ${currency}`;
