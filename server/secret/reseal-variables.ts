import { publicId } from '@apployd/core/id';
import { variableContext } from '@apployd/core/variable';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import type { Transaction } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';
import { pageSize, type Found, type Reseal, type Rotation } from './rotation.js';

const batchSize = 100;

type Stale = { readonly id: string; readonly organizationId: string; readonly count: number };
type Row = { readonly id: string; readonly key: string; readonly sealedValue: Uint8Array };

/** Seals the variables of all environments, what they were included, with the newest key of their organization. */
export const resealVariables: Reseal = async (rotation, write) => {
  let count = 0;
  const unopened: string[] = [];
  for await (const environment of staleEnvironments(rotation)) {
    const found = await resealEnvironment(rotation, environment, write);
    count += found.count;
    unopened.push(...found.unopened);
    if (write) rotation.say(`${count} values of variables sealed anew`);
  }
  return { count, unopened };
};

/** Those that have what is not sealed by the newest key of their organization, or by one that is to be replaced. */
async function* staleEnvironments({ db, keysSince }: Rotation): AsyncGenerator<Stale> {
  const replaced = keysSince ? Prisma.sql`OR newest."createdAt" < ${keysSince}` : Prisma.empty;
  for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after;) {
    const page: Stale[] = await db.$queryRaw<Stale[]>`
      SELECT variable."environmentId" AS "id", variable."organizationId", count(*)::int AS "count"
      FROM "Variable" AS variable LEFT JOIN LATERAL (
        SELECT "number", "createdAt" FROM "OrganizationKey"
        WHERE "organizationId" = variable."organizationId" ORDER BY "number" DESC LIMIT 1
      ) AS newest ON true
      WHERE variable."environmentId" > ${after}::uuid AND (
        newest."number" IS NULL
        OR substring(variable."sealedValue" FROM 1 FOR 5) <> '\\x02'::bytea || int4send(newest."number")
        ${replaced})
      GROUP BY 1, 2 ORDER BY 1 LIMIT ${pageSize}`;
    yield* page;
    after = page.length < pageSize ? null : (page.at(-1)?.id ?? null);
  }
}

async function resealEnvironment(rotation: Rotation, environment: Stale, write: boolean): Promise<Found> {
  let count = 0;
  const unopened: string[] = [];
  const nameOf = ({ key }: Row) =>
    `variable ${key} of ${publicId('Environment', environment.id)} (${publicId('Organization', environment.organizationId)})`;
  for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after;) {
    const page: Batch = write
      ? await writeBatch(rotation, environment, after)
      : await readBatch(rotation, environment, after);
    count += page.opened;
    unopened.push(...page.unopened.map(nameOf));
    after = page.next;
  }
  // Read are all that the environment has, for their own sake.
  return { count: write ? count : environment.count - unopened.length, unopened: [...new Set(unopened)] };
}

type Batch = { readonly opened: number; readonly unopened: readonly Row[]; readonly next: string | null };

async function readBatch({ db, keyring }: Rotation, environment: Stale, after: string): Promise<Batch> {
  const where = { environmentId: environment.id, id: { gt: after } };
  const rows = await db.variable.findMany({ where, orderBy: { id: 'asc' }, take: batchSize });
  const unopened: Row[] = [];
  for (const row of rows) {
    const context = variableContext(environment.id, row.key);
    await keyring.open(row.organizationId, row.sealedValue, context).catch((error: unknown) => {
      if (error instanceof Error && error.name.startsWith('Prisma')) throw error;
      unopened.push(row);
    });
  }
  return { opened: rows.length - unopened.length, unopened, next: nextOf(rows) };
}

/**
 * Locks the environment, as whoever sets variables does: they come before, and are found here, or afterwards, and find
 * the new key. When a value was sealed says nothing of when it was set, so that its row's time stays.
 */
function writeBatch({ db, keyring }: Rotation, environment: Stale, after: string): Promise<Batch> {
  return db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "id" = ${environment.id}::uuid FOR NO KEY UPDATE`;
      const box = await keyring.boxIn(tx, environment.organizationId);
      const rows = await tx.$queryRaw<Row[]>`
        SELECT "id", "key", "sealedValue" FROM "Variable"
        WHERE "environmentId" = ${environment.id}::uuid AND "id" > ${after}::uuid
        ORDER BY "id" LIMIT ${batchSize}`;
      const stale = rows.filter(({ sealedValue }) => !isCurrent(box, sealedValue));
      const sealed = stale.map((row) => ({ row, sealedValue: sealedAnew(box, environment.id, row) }));
      const opened = sealed.flatMap(({ row, sealedValue }) => (sealedValue ? [{ id: row.id, sealedValue }] : []));
      await store(tx, opened);
      const unopened = sealed.flatMap(({ row, sealedValue }) => (sealedValue ? [] : [row]));
      return { opened: opened.length, unopened, next: nextOf(rows) };
    },
    { maxWait: 10_000, timeout: 30_000 },
  );
}

function nextOf(rows: readonly { readonly id: string }[]): string | null {
  return rows.length < batchSize ? null : (rows.at(-1)?.id ?? null);
}

function isCurrent(box: SecretBox, sealed: Uint8Array): boolean {
  try {
    return box.isCurrent(sealed);
  } catch {
    return false; // it is too short to be anything
  }
}

function sealedAnew(box: SecretBox, environmentId: string, { key, sealedValue }: Row): Uint8Array<ArrayBuffer> | null {
  const context = variableContext(environmentId, key);
  try {
    const value = box.openBytes(sealedValue, context);
    const sealed = box.seal(value, context);
    value.fill(0);
    return sealed;
  } catch {
    return null;
  }
}

async function store(
  tx: Transaction,
  rows: readonly { readonly id: string; readonly sealedValue: Uint8Array<ArrayBuffer> }[],
): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(({ id, sealedValue }) => Prisma.sql`(${id}::uuid, ${sealedValue}::bytea)`);
  await tx.$executeRaw`
    UPDATE "Variable" AS variable SET "sealedValue" = anew.sealed
    FROM (VALUES ${Prisma.join(values)}) AS anew (id, sealed) WHERE variable."id" = anew.id`;
}
