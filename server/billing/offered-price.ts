import type { Money } from '@apployd/core/billing';
import { readOveragePrice } from '@apployd/core/overage';
import type { Plan } from '@apployd/prisma/generated/client/client';

/** What a gigabyte beyond the pool of a plan is sold for; null: there is no price, or it is not in the currency of the plan's. */
export function offeredPrice(plan: Pick<Plan, 'priceCurrency'> | null, priceText: string | undefined): Money | null {
  const price = readOveragePrice(priceText);
  return price && plan?.priceCurrency === price.currency ? price : null;
}
