import type { Offer } from '@apployd/core/billing';
import type { Named, Payments, PlanChange } from './payments.js';

/** What is to be done to a subscription, as it can be kept: whoever finds it half done has it done to its end. */
export type Deed =
  | {
      readonly kind: 'CHANGE';
      readonly subscriptionId: string;
      readonly offer: Offer;
      readonly begins: PlanChange['begins'];
      /** ISO 8601. */
      readonly at: string;
    }
  | { readonly kind: 'ENDING'; readonly subscriptionId: string; readonly ends: boolean };

/** Has it done. What was done of it before, under the same key, is not done again. */
export async function carryOut(payments: Payments, deed: Deed, named: Named): Promise<void> {
  const { subscriptionId } = deed;
  if (deed.kind === 'ENDING') return payments.setEnding({ subscriptionId, ends: deed.ends, ...named });
  const { offer, begins, at } = deed;
  return payments.change({ subscriptionId, offer, begins, at: new Date(at), ...named });
}
