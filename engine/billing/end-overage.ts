import type { Money } from '@apployd/core/billing';
import { record } from './record.js';
import type { Scene } from './scene.js';

/**
 * What Stripe does not charge, or charges at another price than was agreed on, is bought no longer: without a subscription,
 * with another one, and with one that has lost it. Whoever wants it decides anew what it may cost.
 */
export async function endOverage({ tx, organization, standing, overagePrice }: Scene): Promise<void> {
  const charged = standing === 'NONE' ? null : overagePrice;
  const { count } = await tx.overage.updateMany({
    where: { organizationId: organization.id, capGigabytes: { not: null }, ...(charged && { NOT: agreedAt(charged) }) },
    data: { capGigabytes: null },
  });
  if (count > 0) await record(tx, organization, 'billing.overage_ended', { after: { capGigabytes: null } });
}

const agreedAt = ({ amountMinor, currency }: Money) => ({ priceMinor: amountMinor, priceCurrency: currency });
