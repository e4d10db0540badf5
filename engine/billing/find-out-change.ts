import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { carryOut, type Deed } from '@apployd/backplane/payments/carry-out';
import type { Payments } from '@apployd/backplane/payments/payments';
import { begins, changeEventType, type AskedChange } from '@apployd/core/billing';
import { newId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { Prisma, type Billing, type BillingChange } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { record } from './record.js';

/** Longer than one call of Stripe with its repetition, and the longest wait before that which Stripe can ask for. */
const heldMs = 90_000;

/**
 * The organizations of requests whose answer from Stripe was lost, once whoever sent them has had their time. One that was
 * tried in vain is held anew, and so comes after the others.
 */
export async function doubtfulChanges({ db }: Engine, most: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ organizationId: string }[]>`
    SELECT "organizationId" FROM "BillingChange" JOIN "Billing" USING ("organizationId")
    WHERE "finishedAt" IS NULL AND "promised" IS NOT NULL AND "heldUntil" <= clock_timestamp()
    ORDER BY "heldUntil" LIMIT ${most}`;
  return rows.map(({ organizationId }) => organizationId);
}

/**
 * Concludes from what Stripe shows whether such a change of the organization was made. If so it is made to its end, then
 * written down as it would have been: in the audit log and among the events as done by whoever asked for it, and under their
 * idempotency key for when they ask again. What cannot be found out just now is left for later.
 */
export async function findOutChange(engine: Engine, payments: Payments, billing: Billing): Promise<void> {
  const change = await takeOver(engine, billing.organizationId);
  if (!change) return;
  try {
    // A customer of test mode is nobody where the key is live, and the other way round: nobody can ever tell.
    if (billing.isLive !== payments.isLive) return await endUnknown(engine, change);
    const states = await payments.subscriptions(billing.customerId);
    const isMade = states.some(({ changeIds }) => changeIds.includes(change.id));
    if (isMade) await complete(engine, payments, change);
    await finish(engine, change, isMade);
  } catch (err) {
    const { organizationId } = change;
    engine.log.warn({ err, organizationId }, 'could not find out what came of a change of a subscription');
    // For the request itself, should it be sent again, at once; for everybody else as long as it is held.
    await engine.db.billingChange.updateMany({ where: ownOf(change), data: { holder: null } });
  }
}

/** Null where there is none, or its time is not over. */
async function takeOver({ db }: Engine, organizationId: string): Promise<BillingChange | null> {
  const [change] = await db.$queryRaw<BillingChange[]>`
    UPDATE "BillingChange" SET "holder" = ${newId()}::uuid,
      "heldUntil" = clock_timestamp() + ${heldMs} * interval '1 millisecond'
    WHERE "organizationId" = ${organizationId}::uuid AND "finishedAt" IS NULL AND "promised" IS NOT NULL
      AND "heldUntil" <= clock_timestamp()
    RETURNING *`;
  return change ?? null;
}

const ownOf = ({ organizationId, id, holder }: BillingChange) => ({ organizationId, id, holder, finishedAt: null });

/** What was charged may lack its last steps: they are done as they would have been. */
async function complete({ db }: Engine, payments: Payments, change: BillingChange): Promise<void> {
  const { id: key, attempt, organizationId, holder } = change;
  const hold = async () => {
    const kept = await db.$executeRaw`
      UPDATE "BillingChange" SET "heldUntil" = clock_timestamp() + ${heldMs} * interval '1 millisecond'
      WHERE "organizationId" = ${organizationId}::uuid AND "id" = ${key}::uuid AND "holder" = ${holder}::uuid
        AND "heldUntil" > clock_timestamp()`;
    if (kept === 0) throw new LostTurn();
  };
  await carryOut(payments, promisedOf(change).told.deed, { key, attempt, hold });
}

/** Whoever has asked again meanwhile sees to it themselves. */
class LostTurn extends Error {}

async function finish(engine: Engine, change: BillingChange, isMade: boolean): Promise<void> {
  const now = engine.clock.now();
  const made = isMade && { madeAt: now, madeByUserId: change.userId, made: change.asked ?? {} };
  await transactAndTell(engine, async (tx) => {
    // First the key, then the row: in the order in which the request itself takes them.
    if (isMade) await tellKey(tx, change);
    await end(tx, change, { ...made, finishedAt: now });
    if (!isMade) return;
    await tx.auditEvent.create({ data: { ...promisedOf(change).audit, id: newId() } });
    await tellFollowers(tx, change);
  });
}

async function tellFollowers(tx: Transaction, change: BillingChange): Promise<void> {
  const { organizationId, userId, asked } = change;
  const stream = { organizationId, streamId: organizationId, kind: 'ORGANIZATION' } as const;
  const made = asked as AskedChange;
  const event = {
    type: changeEventType(made),
    subjectId: organizationId,
    actorId: userId,
    data: { ...made, ...begins(promisedOf(change).told.result) },
  };
  await appendEvent(tx, { ...stream, ...event });
}

async function tellKey(tx: Transaction, change: BillingChange): Promise<void> {
  const { idempotency, told } = promisedOf(change);
  if (!idempotency) return;
  await tx.idempotencyKey.createMany({ data: { ...idempotency, result: told.result }, skipDuplicates: true });
}

async function end(tx: Transaction, change: BillingChange, data: Prisma.BillingChangeUpdateManyMutationInput) {
  const over = { ...data, holder: null, promised: Prisma.DbNull };
  const { count } = await tx.billingChange.updateMany({ where: ownOf(change), data: over });
  if (count === 0) throw new LostTurn();
}

/** Others are kept waiting for it no longer; the audit log and the events say that it is not known. */
async function endUnknown(engine: Engine, change: BillingChange): Promise<void> {
  const { organizationId, asked } = change;
  await transactAndTell(engine, async (tx) => {
    await end(tx, change, { finishedAt: engine.clock.now() });
    await record(tx, { id: organizationId }, 'billing.change_unknown', { after: asked as AskedChange });
  });
}

const promisedOf = ({ promised }: BillingChange) => promised as Promised;

/** As the server has written it. */
type Promised = {
  readonly told: { readonly result: Prisma.InputJsonObject; readonly deed: Deed };
  readonly audit: Omit<Prisma.AuditEventUncheckedCreateInput, 'id'>;
  readonly idempotency: Omit<Prisma.IdempotencyKeyUncheckedCreateInput, 'result'> | null;
};
