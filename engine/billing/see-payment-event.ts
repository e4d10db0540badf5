import type { Payments } from '@apployd/backplane/payments/payments';
import type { WebhookEvent } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { settleBilling } from './settle.js';

type Outcome = 'SETTLED' | 'UNKNOWN_TYPE' | 'FOREIGN_CUSTOMER' | 'OTHER_MODE';

/** What may change what an organization has. */
const known = /^(customer\.(subscription\.|deleted$)|invoice\.|checkout\.session\.|subscription_schedule\.)/;

/**
 * Sees to what Stripe has called in. An event only says where to look: what it tells is looked up as it is now, so that it
 * does not matter how often, how late or in which order events come.
 */
export async function seePaymentEvent(engine: Engine, id: string): Promise<void> {
  const event = await engine.db.webhookEvent.findUnique({ where: { id } });
  if (!event || event.processedAt) return;
  const payments = await engine.payments?.();
  // It stays for an engine that has the key.
  if (!payments) return;
  const outcome = await outcomeOf(engine, payments, event);
  await engine.db.webhookEvent.update({ where: { id }, data: { processedAt: engine.clock.now(), outcome } });
}

async function outcomeOf(
  engine: Engine,
  payments: Payments,
  { type, isLive, customerId }: WebhookEvent,
): Promise<Outcome> {
  if (payments.isLive !== isLive) return 'OTHER_MODE';
  if (!known.test(type)) return 'UNKNOWN_TYPE';
  const billing = customerId && (await engine.db.billing.findUnique({ where: { customerId } }));
  if (!billing) return 'FOREIGN_CUSTOMER';
  await settleBilling(engine, billing.organizationId);
  return 'SETTLED';
}
