import type { Db } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';

const batch = 5_000;

/** The rows of which a project may have any number, in short statements: a single one over all may never come to its end. */
export async function eraseHistory(db: Db, projectId: string, signal: AbortSignal): Promise<void> {
  const environments = await db.environment.findMany({ where: { projectId }, select: { id: true } });
  const ofProject = Prisma.sql`"projectId" = ${projectId}::uuid`;
  await eraseAll(db, { table: Prisma.sql`"Event"`, where: Prisma.sql`"streamId" = ${projectId}::uuid` }, signal);
  await eraseAll(db, { table: Prisma.sql`"ProjectSettingsVersion"`, where: ofProject }, signal);
  await eraseEnvironmentHistory(
    db,
    environments.map(({ id }) => id),
    signal,
  );
}

/** The same for environments. */
export async function eraseEnvironmentHistory(db: Db, ids: readonly string[], signal: AbortSignal): Promise<void> {
  const where = Prisma.sql`"environmentId" = ANY(${[...ids]}::uuid[])`;
  await eraseAll(db, { table: Prisma.sql`"Variable"`, where }, signal);
  await eraseAll(db, { table: Prisma.sql`"VariablesVersion"`, where }, signal);
}

type History = { readonly table: Prisma.Sql; readonly where: Prisma.Sql };

/** Ends: nothing is written any more for a project whose time is over. */
async function eraseAll(db: Db, { table, where }: History, signal: AbortSignal): Promise<void> {
  for (let erased = batch; erased === batch;) {
    signal.throwIfAborted();
    erased = await db.$executeRaw`
      DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${where} LIMIT ${batch}))`;
  }
}
