import type Stripe from 'stripe';
import { billingIntervals, lookupKeyOf, type Money, type Offer } from '@apployd/core/billing';
import type { Catalogue, CatalogueEntry, CataloguePlan } from './payments.js';
import { stripeClient, type StripeOptions } from './stripe-client.js';
import { putOverage, readOverage } from './stripe-overage.js';
import { offerOf, planKey } from './stripe-state.js';

/** Products with the code of their plan, and under each lookup key the one price that is for sale. */
export function stripeCatalogue(options: StripeOptions): Catalogue {
  const stripe = stripeClient(options);
  return {
    read: () => readCatalogue(stripe),
    put: (plan) => putPlan(stripe, plan),
    withdraw: async (offer) => {
      const price = await priceOf(stripe, offer);
      if (price) await stripe.prices.update(price.id, { active: false });
    },
    readOverage: () => readOverage(stripe),
    putOverage: (price) => putOverage(stripe, price),
  };
}

const mostPrices = 1_000;

async function readCatalogue(stripe: Stripe): Promise<CatalogueEntry[]> {
  const prices = await stripe.prices
    .list({ active: true, type: 'recurring', limit: 100, expand: ['data.product'] })
    .autoPagingToArray({ limit: mostPrices });
  return prices.flatMap((price) => {
    const offer = offerOf(price);
    if (!offer || price.lookup_key !== lookupKeyOf(offer)) return [];
    const name = typeof price.product === 'object' && 'name' in price.product ? price.product.name : '';
    return [{ ...offer, name, price: moneyOf(price) }];
  });
}

async function putPlan(stripe: Stripe, { code, name, prices }: CataloguePlan): Promise<void> {
  const product = await ensureProduct(stripe, code, name);
  for (const interval of billingIntervals) {
    const money = prices[interval];
    if (money) await ensurePrice(stripe, product, { planCode: code, interval }, money);
  }
}

async function ensureProduct(stripe: Stripe, code: string, name: string): Promise<string> {
  const id = `apployd_${code.toLowerCase()}`;
  const [found] = (await stripe.products.list({ ids: [id], limit: 1 })).data;
  if (!found) {
    await stripe.products.create({ id, name, metadata: { [planKey]: code } });
  } else if (found.name !== name || !found.active) {
    await stripe.products.update(id, { name, active: true });
  }
  return id;
}

/** An amount cannot be changed: another price takes over the lookup key, and who has the old one keeps it. */
async function ensurePrice(stripe: Stripe, product: string, offer: Offer, money: Money): Promise<void> {
  const before = await priceOf(stripe, offer);
  if (before && isSame(moneyOf(before), money)) return;
  await stripe.prices.create({
    product,
    unit_amount: money.amountMinor,
    currency: money.currency.toLowerCase(),
    recurring: { interval: offer.interval === 'MONTH' ? 'month' : 'year' },
    lookup_key: lookupKeyOf(offer),
    transfer_lookup_key: true,
    metadata: { [planKey]: offer.planCode },
  });
  if (before) await stripe.prices.update(before.id, { active: false });
}

async function priceOf(stripe: Stripe, offer: Offer): Promise<Stripe.Price | null> {
  const { data } = await stripe.prices.list({ lookup_keys: [lookupKeyOf(offer)], active: true, limit: 1 });
  return data[0] ?? null;
}

const moneyOf = (price: Stripe.Price): Money => ({
  amountMinor: price.unit_amount ?? 0,
  currency: price.currency.toUpperCase(),
});

const isSame = (one: Money, other: Money) => one.amountMinor === other.amountMinor && one.currency === other.currency;
