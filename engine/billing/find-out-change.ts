import { newId } from '@apployd/core/id';
import type { SubscriptionState } from '@apployd/backplane/payments/payments';
import { Prisma, type BillingChange } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/** Of a request whose answer from Stripe was lost, once whoever sent it has had its time; null where there is none. */
export async function doubtfulChange({ db, clock }: Engine, organizationId: string): Promise<BillingChange | null> {
  const change = await db.billingChange.findUnique({ where: { organizationId } });
  const isDoubtful = change?.finishedAt === null && change.promised !== null && change.heldUntil < clock.now();
  return isDoubtful ? change : null;
}

/** The organizations of such requests. */
export async function doubtfulChanges({ db, clock }: Engine, most: number): Promise<string[]> {
  const rows = await db.billingChange.findMany({
    where: { finishedAt: null, promised: { not: Prisma.DbNull }, heldUntil: { lt: clock.now() } },
    orderBy: { heldUntil: 'asc' },
    take: most,
    select: { organizationId: true },
  });
  return rows.map(({ organizationId }) => organizationId);
}

/**
 * Concludes from what Stripe has shown since whether the change was made. If so it is written down as it would have been:
 * in the audit log as done by whoever asked for it, and under their idempotency key for when they ask again.
 */
export async function findOutChange(
  { db, clock }: Engine,
  change: BillingChange,
  states: readonly SubscriptionState[],
): Promise<void> {
  const isMade = states.some(({ changeIds }) => changeIds.includes(change.id));
  const { organizationId, id, heldUntil } = change;
  const finishedAt = clock.now();
  await db.$transaction(async (tx) => {
    const made = isMade && { madeAt: finishedAt, madeByUserId: change.userId, made: change.asked ?? {} };
    const { count } = await tx.billingChange.updateMany({
      // Whoever has asked again meanwhile sees to it themselves.
      where: { organizationId, id, heldUntil, finishedAt: null },
      data: { ...made, finishedAt, holder: null, promised: Prisma.DbNull },
    });
    if (count === 0 || !isMade) return;
    const { told, audit, idempotency } = change.promised as Promised;
    if (idempotency) {
      await tx.idempotencyKey.createMany({ data: { ...idempotency, result: told.result }, skipDuplicates: true });
    }
    await tx.auditEvent.create({ data: { ...audit, id: newId() } });
  });
}

/** As the server has written it. */
type Promised = {
  readonly told: { readonly result: Prisma.InputJsonObject };
  readonly audit: Omit<Prisma.AuditEventUncheckedCreateInput, 'id'>;
  readonly idempotency: Omit<Prisma.IdempotencyKeyUncheckedCreateInput, 'result'> | null;
};
