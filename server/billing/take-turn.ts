import { setTimeout as pause } from 'node:timers/promises';
import type { Deed } from '@apployd/backplane/payments/carry-out';
import { changeWords, type AskedChange } from '@apployd/core/billing';
import { newId } from '@apployd/core/id';
import { CapacityError, ConflictError, IdempotencyError, Refusal } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { Prisma, type BillingChange } from '@apployd/prisma/generated/client/client';
import { auditRow, type AuditNote } from '../audit/record.js';
import type { Context } from '../context.js';
import { wake } from '../wake.js';
import type { Begun } from './act.js';

/** What is told, and written down, once Stripe has made the change; by the engine where the answer of Stripe was lost. */
export type Promised<Result extends Prisma.InputJsonObject = Prisma.InputJsonObject> = {
  readonly result: Result;
  readonly audit: AuditNote;
  /** What Stripe is asked for, to be asked again where only a part of it came about. */
  readonly deed: Deed;
};

/** The change that this request may make: nobody else makes one of the organization meanwhile. */
export type Turn<Result extends Prisma.InputJsonObject> = {
  /** Names it at Stripe: the same as long as the same request is asked again and nobody knows what came of it. */
  readonly id: string;
  readonly attempt: number;
  /** What an earlier attempt of the same request was about to make. */
  readonly before: Promised<Result> | null;
  /** When the organization's last change was made, and what it was. */
  readonly last: { readonly at: Date; readonly words: string } | null;
  /**
   * Has Stripe make it, after what will be told of it is written down. A refusal leaves the next attempt another key, except
   * where an earlier attempt `isMade`. `work` is to ask `hold` before each request that changes something.
   */
  readonly ask: (
    asked: { readonly promised: Promised<Result>; readonly isMade: boolean },
    work: (hold: () => Promise<void>) => Promise<void>,
  ) => Promise<void>;
  /** To be asked right before a request of which nothing is promised: an error where the turn is lost. */
  readonly hold: () => Promise<void>;
  /** In the transaction that tells of it; false where the engine has told of it already. */
  finish(tx: Transaction): Promise<boolean>;
  /** The same where nothing is promised, so that another can have taken the turn meanwhile: then an error. */
  finishAsHolder(tx: Transaction): Promise<void>;
};

/** Longer than one call of Stripe with its repetition, and the longest wait before that which Stripe can ask for. */
const heldMs = 90_000;
const patienceMs = 3_000;
const againMs = 150;

/** Runs `work` as the only one that changes what the organization pays for. Who comes second is told what is being done. */
export async function takeTurn<Told extends Prisma.InputJsonObject, Result>(
  context: Context,
  begun: Begun,
  asked: AskedChange,
  work: (turn: Turn<Told>) => Promise<Result>,
): Promise<Result> {
  const row = await claimOrWait(context, begun, asked);
  try {
    return await work(await turnOf<Told>(context, begun, row));
  } finally {
    await letGo(context, row);
  }
}

/** The same request, sent twice at once, waits for its first: that tells both. */
async function claimOrWait(context: Context, begun: Begun, asked: AskedChange): Promise<BillingChange> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const row = await claim(context, begun, asked);
    if (row) return row;
    const other = await context.db.billingChange.findUnique({ where: { organizationId: begun.organizationId } });
    if (other && other.request !== begun.request) throw await conflictWith(context, other);
    if (other?.finishedAt === null && !begun.hashes.includes(other.inputHash)) throw new IdempotencyError('KEY_REUSED');
    if (Date.now() > until) throw new IdempotencyError('IN_PROGRESS');
    await pause(againMs);
  }
}

/** Null while another has the turn, or nobody knows yet what came of the one before. */
async function claim({ db }: Context, begun: Begun, asked: AskedChange): Promise<BillingChange | null> {
  const [holder, id] = [newId(), newId()];
  const { organizationId, request, viewer, hashes } = begun;
  const [inputHash = ''] = hashes;
  const isSame = Prisma.sql`(held."request" = excluded."request" AND held."finishedAt" IS NULL
    AND held."inputHash" IN (${Prisma.join([...hashes])}))`;
  const [row] = await db.$queryRaw<BillingChange[]>`
    INSERT INTO "BillingChange" AS held ("organizationId", "id", "request", "inputHash", "holder", "heldUntil", "userId", "asked")
    VALUES (${organizationId}::uuid, ${id}::uuid, ${request}, ${inputHash}, ${holder}::uuid,
      clock_timestamp() + ${heldMs} * interval '1 millisecond', ${viewer.userId}::uuid, ${JSON.stringify(asked)}::jsonb)
    ON CONFLICT ("organizationId") DO UPDATE SET
      "holder" = excluded."holder", "heldUntil" = excluded."heldUntil", "request" = excluded."request",
      "userId" = excluded."userId", "inputHash" = excluded."inputHash", "finishedAt" = NULL,
      "asked" = CASE WHEN ${isSame} THEN held."asked" ELSE excluded."asked" END,
      "id" = CASE WHEN ${isSame} THEN held."id" ELSE excluded."id" END,
      "attempt" = CASE WHEN ${isSame} THEN held."attempt" ELSE 1 END,
      "promised" = CASE WHEN ${isSame} THEN held."promised" END
    WHERE (held."holder" IS NULL OR held."heldUntil" <= clock_timestamp())
      AND (held."finishedAt" IS NOT NULL OR held."promised" IS NULL OR ${isSame})
    RETURNING *`;
  return row ?? null;
}

async function conflictWith(context: Context, other: BillingChange): Promise<ConflictError> {
  const who = await nameOf(context, other.userId);
  const asked = other.asked as AskedChange;
  if (other.holder !== null && other.heldUntil > new Date()) {
    return new ConflictError(`Just now ${who} ${changeWords(asked).does}. Look again in a moment, then decide.`);
  }
  // The engine finds out. Reconciling would ask it too, a little later.
  await wake(context, 'settle-billing', [other.organizationId]);
  const message = `${who} ${changeWords(asked).wanted}, and Stripe has not said yet what came of it. Look again in three minutes, then decide.`;
  return new ConflictError(message);
}

async function nameOf({ db }: Context, id: string): Promise<string> {
  return (await db.user.findUnique({ where: { id }, select: { name: true } }))?.name ?? 'Somebody';
}

async function turnOf<Told extends Prisma.InputJsonObject>(
  context: Context,
  begun: Begun,
  row: BillingChange,
): Promise<Turn<Told>> {
  const { id, attempt, madeAt } = row;
  return {
    ...{ id, attempt, before: (row.promised as Written<Told> | null)?.told ?? null },
    last: madeAt && {
      at: madeAt,
      words: `${await nameOf(context, row.madeByUserId ?? '')} ${changeWords(row.made as AskedChange).did}`,
    },
    hold: () => holdOn(context, row),
    ask: async ({ promised, isMade }, work) => {
      await promise(context, begun, row, promised);
      let hasBegun = row.promised !== null;
      const hold = async () => {
        await holdOn(context, row);
        hasBegun = true;
      };
      await work(hold).catch(async (error: unknown) => {
        if (!isMade && (isDefinite(error) || !hasBegun)) await refused(context, row);
        throw error;
      });
    },
    finish: async (tx) => {
      const where = { ...ownOf(row), finishedAt: null };
      const { count } = await tx.billingChange.updateMany({ where, data: finished(row) });
      return count > 0 || !(await isToldOf(tx, begun, context));
    },
    finishAsHolder: async (tx) => {
      const where = { ...ownOf(row), holder: row.holder, finishedAt: null };
      const { count } = await tx.billingChange.updateMany({ where, data: finished(row) });
      if (count === 0) throw new ConflictError('This took too long, and nothing was decided. Look again, then decide.');
    },
  };
}

function finished({ asked, userId }: BillingChange) {
  const made = { made: asked ?? {}, madeAt: new Date(), madeByUserId: userId };
  return { ...made, finishedAt: made.madeAt, promised: Prisma.DbNull, holder: null };
}

/** The engine writes it down as of the request that promised it last. */
async function isToldOf(tx: Transaction, { organizationId, act }: Begun, { requestId }: Context): Promise<boolean> {
  const where = { organizationId, action: act.mutation, requestId, refusal: null };
  return (await tx.auditEvent.count({ where })) > 0;
}

/** Right before Stripe is asked to change something: who has lost the turn asks for nothing more. */
async function holdOn({ db }: Context, row: BillingChange): Promise<void> {
  const kept = await db.$executeRaw`
    UPDATE "BillingChange" SET "heldUntil" = clock_timestamp() + ${heldMs} * interval '1 millisecond'
    WHERE "organizationId" = ${row.organizationId}::uuid AND "id" = ${row.id}::uuid
      AND "holder" = ${row.holder}::uuid AND "heldUntil" > clock_timestamp()`;
  if (kept > 0) return;
  throw new CapacityError('This took too long. Ask again with the same idempotency key.', againAfterMs);
}

const againAfterMs = 10_000;

const ownOf = ({ organizationId, id }: BillingChange) => ({ organizationId, id });

/** It was refused as a whole. That Stripe, or the way there, did not manage says nothing of what came of it. */
const isDefinite = (error: unknown): boolean =>
  error instanceof Refusal && !(error instanceof CapacityError) && !(error instanceof IdempotencyError);

/** What the row holds, so that the engine can write down what this request would have. */
type Written<Told extends Prisma.InputJsonObject> = Prisma.InputJsonObject & { readonly told: Promised<Told> };

/** Nothing is asked of Stripe by who has lost the turn, in which there is time for it from here on. */
async function promise(context: Context, begun: Begun, row: BillingChange, told: Promised): Promise<void> {
  const { organizationId, act, viewer, idempotency } = begun;
  const entry = { ...told.audit, organizationId, action: act.mutation, by: viewer, from: context };
  const written = { told, audit: auditRow(entry), idempotency };
  const kept = await context.db.$executeRaw`
    UPDATE "BillingChange" SET "promised" = ${JSON.stringify(written)}::jsonb,
      "heldUntil" = clock_timestamp() + ${heldMs} * interval '1 millisecond'
    WHERE "organizationId" = ${organizationId}::uuid AND "holder" = ${row.holder}::uuid
      AND "heldUntil" > clock_timestamp()`;
  if (kept === 0) throw new ConflictError('This took too long, and nothing was changed. Look again, then decide.');
}

/** Stripe answers a key for a day as it did first: the next attempt gets another one. */
async function refused({ db }: Context, row: BillingChange): Promise<void> {
  const data = { attempt: { increment: 1 }, promised: Prisma.DbNull };
  await db.billingChange.updateMany({ where: { ...ownOf(row), holder: row.holder }, data });
}

/** What was promised and is not known stays as it is: for the same request at once, for others once the time is over. */
async function letGo({ db, log }: Context, row: BillingChange): Promise<void> {
  const where = { ...ownOf(row), holder: row.holder };
  await db.billingChange.updateMany({ where, data: { holder: null } }).catch((err: unknown) => {
    log.warn({ err, organizationId: row.organizationId }, 'a turn to change a subscription is given up late');
  });
}
