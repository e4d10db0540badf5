import type { Db } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';

const batch = 5_000;

/** The rows of which a project may have any number, in short statements: a single one over all may never come to its end. */
export async function eraseHistory(db: Db, projectId: string, signal: AbortSignal): Promise<void> {
  const environments = await db.environment.findMany({ where: { projectId }, select: { id: true } });
  const ofEnvironments = Prisma.sql`"environmentId" = ANY(${environments.map(({ id }) => id)}::uuid[])`;
  const histories = [
    { table: Prisma.sql`"Event"`, where: Prisma.sql`"streamId" = ${projectId}::uuid` },
    { table: Prisma.sql`"Variable"`, where: ofEnvironments },
    { table: Prisma.sql`"VariablesVersion"`, where: ofEnvironments },
    { table: Prisma.sql`"ProjectSettingsVersion"`, where: Prisma.sql`"projectId" = ${projectId}::uuid` },
  ];
  for (const history of histories) await eraseAll(db, history, signal);
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
