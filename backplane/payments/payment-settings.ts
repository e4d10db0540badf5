import { readOveragePrice } from '@apployd/core/overage';
import { z } from 'zod';

/** The environment variables of whoever deals with money. Without a key plans are given by the operator alone. */
export const paymentSettings = {
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_\S+$/, {
      error: 'is to be a secret or restricted key of Stripe: sk_live_… or sk_test_…',
    })
    .optional()
    .meta({
      description:
        'Key of the Stripe account through which organizations pay for their plans. Without it nothing is for sale, and plans are given by the operator.',
      secret: 'value',
    }),
  STRIPE_API_URL: z
    .url({ protocol: /^https?$/, error: 'is to be an address' })
    .default('https://api.stripe.com')
    .describe("Where Stripe's API is; another address for tests."),
  BILLING_OVERAGE_PRICE: z
    .string()
    .refine((text) => readOveragePrice(text) !== null, { error: 'is to be an amount and a currency, such as 5 EUR' })
    .optional()
    .describe(
      "What a gigabyte of bandwidth beyond the pool costs an organization whose owner buys that up to a cap: an amount in the currency's smallest unit, and the currency of the plans' prices, such as `5 EUR`. Without it none is sold.",
    ),
  BILLING_GRACE_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(90)
    .default(7)
    .describe(
      'How many days an organization that owes a payment runs on, and how many one that holds more than its new plan keeps the old pool.',
    ),
};

export type PaymentSettings = {
  readonly [Name in keyof typeof paymentSettings]: z.output<(typeof paymentSettings)[Name]>;
};
