import { IdempotencyError } from '@apployd/core/refusal';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';
import type { Fingerprints } from './fingerprints.js';

export type Once = {
  /** For what concerns an account alone: the person's id. */
  readonly organizationId: string;
  /** Whose keys these are. */
  readonly principalId: string;
  readonly mutation: string;
  /** Null: the effect happens every time. */
  readonly key: string | null | undefined;
  readonly input: object;
  readonly fingerprints: Fingerprints;
};

/**
 * Has an effect once for each key: its row is written in the effect's own transaction. Another call with the key
 * waits for the first one's end, then gets what it made. `effect` returns what is to be told again: ids, never a secret.
 */
export async function once<Result extends Prisma.InputJsonObject>(
  tx: Transaction,
  call: Once,
  effect: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly replayed: boolean }> {
  const { organizationId, principalId, mutation, key } = call;
  if (key == null) return { result: await effect(), replayed: false };
  const [inputHash = '', ...older] = inputHashes(call);
  const where = { organizationId_principalId_mutation_key: { organizationId, principalId, mutation, key } };
  if (await claim(tx, { organizationId, principalId, mutation, key }, inputHash)) {
    const result = await effect();
    await tx.idempotencyKey.update({ where, data: { result } });
    return { result, replayed: false };
  }
  const first = await tx.idempotencyKey.findUniqueOrThrow({ where });
  if (![inputHash, ...older].includes(first.inputHash)) throw new IdempotencyError('KEY_REUSED');
  return { result: resultIn<Result>(first.result), replayed: true };
}

/** What tells whether two inputs are the same, by each of the platform's secrets, the newest first. */
export const inputHashes = ({ fingerprints, input }: Pick<Once, 'fingerprints' | 'input'>): readonly string[] =>
  fingerprints(canonical({ ...input, idempotencyKey: undefined }));

/**
 * What an earlier call of this principal with the key made, and in which organization; null when none did. For what is gone
 * with its effect, so that it is known where to ask for it again. With `organizationId` a call there alone.
 */
export async function earlierCall(
  db: Db,
  call: Pick<Once, 'principalId' | 'mutation' | 'key'> & Partial<Pick<Once, 'organizationId'>>,
): Promise<{ readonly organizationId: string; readonly result: unknown } | null> {
  const { principalId, mutation, key, organizationId } = call;
  if (key == null) return null;
  return db.idempotencyKey.findFirst({
    where: { principalId, mutation, key, ...(organizationId && { organizationId }) },
    orderBy: { createdAt: 'desc' },
    select: { organizationId: true, result: true },
  });
}

/**
 * True for the first call with a key, and for the first after its day is over. Waits while another holds it, for three seconds
 * at most, which what follows in the transaction is not bound to.
 */
async function claim(
  tx: Transaction,
  {
    organizationId,
    principalId,
    mutation,
    key,
  }: { organizationId: string; principalId: string; mutation: string; key: string },
  inputHash: string,
): Promise<boolean> {
  const [row] = await tx.$queryRaw<[{ isClaimed: boolean }]>`
    WITH patience AS (SELECT set_config('lock_timeout', '3s', true)),
    claimed AS (
      INSERT INTO "IdempotencyKey" ("organizationId", "principalId", "mutation", "key", "inputHash", "createdAt")
      SELECT ${organizationId}::uuid, ${principalId}::uuid, ${mutation}, ${key}, ${inputHash}, now() FROM patience
      ON CONFLICT ("organizationId", "principalId", "mutation", "key")
      DO UPDATE SET "inputHash" = EXCLUDED."inputHash", "result" = NULL, "createdAt" = now()
      WHERE "IdempotencyKey"."createdAt" < now() - interval '24 hours' RETURNING 1)
    SELECT count(*) > 0 AS "isClaimed", set_config('lock_timeout', '0', true) FROM claimed`.catch((error: unknown) => {
    throw isLockTimeout(error) ? new IdempotencyError('IN_PROGRESS') : error;
  });
  return row.isClaimed;
}

/** Keys in order, so that the same input has the same text; the idempotency key itself says nothing about the input. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What the first call stored; its shape is the effect's own. */
function resultIn<Result>(stored: Prisma.JsonValue): Result {
  if (stored !== null && typeof stored === 'object') return stored as Result;
  throw new IdempotencyError('IN_PROGRESS');
}

/** 55P03, as the driver's adapter reports it. */
function isLockTimeout(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    JSON.stringify(error.meta ?? error.message).includes('55P03')
  );
}
