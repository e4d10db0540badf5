import type { Money } from '@apployd/core/billing';
import { isSamePrice } from '@apployd/core/overage';
import { ConflictError } from '@apployd/core/refusal';
import { periodOf } from '@apployd/core/usage';
import { countOverages } from '@apployd/prisma/count-overages';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Overage } from '@apployd/prisma/generated/client/client';
import { agreedPrice } from './agreed-price.js';

type Cap = {
  readonly capGigabytes: number | null;
  /** What Stripe charges for a gigabyte, as far as it was asked; null: not more is bought than was before. */
  readonly price: Money | null;
  /** It was sold just now, to one that bought none. */
  readonly isNew: boolean;
  /** The mode of the key that there is; null: nothing is for sale. */
  readonly isLive: boolean | null;
};

/**
 * Has a cap hold from now on: what was sent until now counts by the one of before, which it gives. Refuses where that is
 * another by now than it was when somebody looked, so that more would be bought than Stripe was asked for.
 */
export async function keepCap(tx: Transaction, organizationId: string, cap: Cap): Promise<number | null> {
  const { capGigabytes, price, isLive } = cap;
  const now = new Date();
  const { start: month } = periodOf(now);
  await tx.overage.createMany({ data: { organizationId, month }, skipDuplicates: true });
  await countOverages(tx, [organizationId], { now, isLive });
  const before = await tx.overage.findUniqueOrThrow({ where: { organizationId } });
  if (isOvertaken(before, cap)) {
    throw new ConflictError('The cap was changed since you looked. Look again, then decide.');
  }
  const agreed = price && { priceMinor: price.amountMinor, priceCurrency: price.currency };
  await tx.overage.update({ where: { organizationId }, data: { capGigabytes, ...agreed } });
  // Whoever has asked Stripe before this knows nothing of it, and looks again.
  await tx.billing.updateMany({ where: { organizationId }, data: { version: { increment: 1 } } });
  return before.capGigabytes;
}

/** What is bought is less by now, none, or at another price. */
function isOvertaken(before: Overage, { capGigabytes, price, isNew }: Cap): boolean {
  if (capGigabytes === null || isNew) return false;
  if (before.capGigabytes === null) return true;
  if (price === null) return capGigabytes > before.capGigabytes;
  const agreed = agreedPrice(before);
  return agreed === null || !isSamePrice(agreed, price);
}
