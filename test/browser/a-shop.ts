import type { Page } from 'playwright-core';
import { stripeCatalogue } from '@apployd/backplane/payments/stripe-catalogue';
import { signed, stripeApi } from '@apployd/backplane/payments/testing/stripe-api';
import { dayMs, type Money } from '@apployd/core/billing';
import { createDb } from '@apployd/prisma/create-db';
import { aFront, type Front } from './a-front.js';

const webhookSecret = 'whsec_of_the_browser_suite';
const euros = (amountMinor: number): Money => ({ amountMinor, currency: 'EUR' });
const MiB = 1024 ** 2;

/** A platform that sells its plans, by a Stripe that people, and time, can be made to act on. */
export type Shop = Awaited<ReturnType<typeof aShop>>;

export async function aShop() {
  // What is bought now was bought three weeks ago: a preview is of the period that goes on.
  const stripe = await stripeApi(new Date(Date.now() - 20 * dayMs));
  const front = await aFront({
    SERVER_DEFAULT_PLAN: 'FREE',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_API_URL: stripe.url,
    STRIPE_WEBHOOK_SECRETS: webhookSecret,
    BILLING_OVERAGE_PRICE: '5 EUR',
  });
  const db = createDb({ url: front.platform.urls.database, connections: 1 });
  const slug = await furnish(front);
  await putUpForSale(front, stripe);
  const billing = () => db.billing.findFirstOrThrow({ include: { organization: true } });
  let delivered = 0;
  return {
    ...front,
    stripe,
    path: `/${slug}/billing`,
    /** What is known of its only customer. */
    billing,
    /** Delivers what has happened at Stripe since the last time, and one event more, until it is seen to. */
    deliver: async () => {
      const events = stripe.events.slice(delivered);
      delivered = stripe.events.length;
      for (const event of events) {
        const { body, signature } = signed(event, webhookSecret);
        const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
        await fetch(`${front.platform.urls.server}/webhooks/stripe`, { method: 'POST', headers, body });
      }
      const waiting = () => db.webhookEvent.count({ where: { processedAt: null } });
      await front.platform.until(async () => (await waiting()) === 0, 'the events of Stripe seen to');
    },
    /** The payment that is owed was due so many days ago. */
    owesSince: async (days: number) => {
      const data = { unpaidSince: new Date(Date.now() - days * dayMs), unpaidWarnings: 0 };
      await db.billing.updateMany({ data });
    },
    /** Stripe's pages lie elsewhere: this browser is shown what stands in for them. */
    standInForStripe: (page: Page) => standInForStripe(page, stripe, `${front.url}/${slug}/billing`),
    close: async () => {
      await db.$disconnect();
      await front.close();
      await stripe.close();
    },
  };
}

type StripeApi = Awaited<ReturnType<typeof stripeApi>>;

async function furnish({ platform: { apployd }, repository }: Front): Promise<string> {
  const { organizations } = await apployd.account.viewer();
  const [organization] = organizations.nodes;
  if (!organization) throw new Error('Nobody has signed up.');
  for (const [name, memory] of [
    ['storefront', 96],
    ['worker', 64],
  ] as const) {
    await apployd.projects.create({
      organizationId: organization.id,
      name,
      repositoryUrl: repository.url,
      resources: { memoryBytes: memory * MiB, cpuMillicores: 50, bandwidthBytesPerMonth: 256 * MiB },
    });
  }
  return organization.slug;
}

async function putUpForSale({ platform: { apployd } }: Front, stripe: StripeApi): Promise<void> {
  const prices = new Map([
    ['HOBBY', 500],
    ['PRO', 2_000],
    ['BUSINESS', 8_000],
  ]);
  await stripeCatalogue(stripe).putOverage(euros(5));
  for (const { id, code, name } of await apployd.plans.list()) {
    const month = prices.get(code);
    if (month === undefined) continue;
    const [monthlyPrice, yearlyPrice] = [euros(month), euros(10 * month)];
    await apployd.plans.update({ planId: id, monthlyPrice, yearlyPrice });
    await stripeCatalogue(stripe).put({ code, name, prices: { MONTH: monthlyPrice, YEAR: yearlyPrice } });
  }
}

/** A card is given at once on the page of a checkout; that of the portal only says its name. */
async function standInForStripe(page: Page, stripe: StripeApi, returnUrl: string): Promise<void> {
  await page.route('https://checkout.stripe.test/**', async (route) => {
    stripe.buy(route.request().url());
    await route.fulfill({ status: 303, headers: { location: `${returnUrl}?checkout=done` } });
  });
  await page.route('https://billing.stripe.test/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>Portal</title><h1>The portal of Stripe</h1>' }),
  );
}
