import type { Money } from '@apployd/core/billing';
import type { Overage } from '@apployd/prisma/generated/client/client';

/** At what a gigabyte was bought last; null: none ever was. */
export function agreedPrice(overage: Overage | null): Money | null {
  const { priceMinor, priceCurrency } = overage ?? {};
  return priceMinor == null || priceCurrency == null ? null : { amountMinor: priceMinor, currency: priceCurrency };
}
