import type { Engine } from '../engine.js';

/** An ask is seldom lost: one that waits is not asked for a second time at once. */
const settlingMs = 10_000;
const most = 200;

/** Asks again for the events of Stripe that nobody has seen to, the oldest first. */
export async function askForPaymentEvents({ db, jobs, payments, clock }: Engine): Promise<void> {
  if (!payments) return;
  const receivedAt = { lt: new Date(clock.now().getTime() - settlingMs) };
  const waiting = await db.webhookEvent.findMany({
    where: { processedAt: null, receivedAt },
    orderBy: { receivedAt: 'asc' },
    take: most,
    select: { id: true },
  });
  for (const { id } of waiting) await jobs.ask('payment-event', id);
}
