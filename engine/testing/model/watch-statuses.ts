import { isFinal, mayFollow, type DeploymentStatus } from '@apployd/core/deployment';
import type { Db } from '@apployd/prisma/create-db';

type Change = { readonly id: string; readonly before: DeploymentStatus; readonly after: DeploymentStatus };

/** Has the database itself note every change of a deployment's status, so that none is missed. */
export async function watchStatuses(db: Db): Promise<void> {
  await db.$executeRaw`CREATE TABLE "StatusChange" ("id" uuid, "before" text, "after" text)`;
  await db.$executeRaw`
    CREATE FUNCTION note_status() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO "StatusChange" VALUES (NEW."id", OLD."status", NEW."status"); RETURN NEW; END $$`;
  await db.$executeRaw`
    CREATE TRIGGER note_status AFTER UPDATE ON "Deployment" FOR EACH ROW
    WHEN (OLD."status" <> NEW."status") EXECUTE FUNCTION note_status()`;
}

/** Changes that core/deployment.ts does not allow; of what is final there is none at all. */
export async function forbiddenChanges(db: Db): Promise<readonly Change[]> {
  const all = await db.$queryRaw<Change[]>`SELECT "id", "before", "after" FROM "StatusChange"`;
  return all.filter(({ before, after }) => isFinal(before) || !mayFollow(before, after));
}
