import { parseArgs } from 'node:util';
import { parseConfig } from '@apployd/backplane/config/parse-config';
import { sharedSettings } from '@apployd/backplane/config/shared';
import { openCatalogue } from '@apployd/backplane/payments/open-payments';
import { paymentSettings } from '@apployd/backplane/payments/payment-settings';
import { explain } from '@apployd/backplane/process/explain';
import { readOveragePrice } from '@apployd/core/overage';
import { createDb } from '@apployd/prisma/create-db';
import { z } from 'zod';
import { syncCatalogue } from './sync.js';

const settings = z.object({
  DATABASE_URL: sharedSettings.shape.DATABASE_URL,
  STRIPE_SECRET_KEY: paymentSettings.STRIPE_SECRET_KEY,
  STRIPE_API_URL: paymentSettings.STRIPE_API_URL,
  BILLING_OVERAGE_PRICE: paymentSettings.BILLING_OVERAGE_PRICE,
});

/** What `npm run billing:sync` runs once it knows the database. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
  const config = parseConfig(settings, process.env);
  const catalogue = await openCatalogue(config);
  if (!catalogue)
    throw new Error('STRIPE_SECRET_KEY is not set: give the key of the account that is to sell the plans.');
  const db = createDb({ url: config.DATABASE_URL, connections: 1 });
  try {
    const say = (line: string) => void process.stdout.write(`${line}\n`);
    const overagePrice = readOveragePrice(config.BILLING_OVERAGE_PRICE);
    await syncCatalogue({ db, catalogue, say, overagePrice }, { dryRun: values['dry-run'] });
  } finally {
    await db.$disconnect();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`billing:sync: ${explain(error)}\n`);
    process.exit(1);
  },
);
