import { newOrganizationKey } from '@apployd/backplane/secret-box/organization-keys';
import type { Rotation } from './rotation.js';
import { pageSize } from './rotation.js';

/** Gives another key to each organization whose newest is older than the time; how many got one. */
export async function makeNewKeys({ db, platform, keysSince }: Rotation): Promise<number> {
  if (keysSince === null) return 0;
  for (let made = 0; ;) {
    const page = await db.$queryRaw<{ organizationId: string; newest: number }[]>`
      SELECT "organizationId", max("number") AS "newest" FROM "OrganizationKey"
      GROUP BY "organizationId" HAVING max("createdAt") < ${keysSince} LIMIT ${pageSize}`;
    if (page.length === 0) return made;
    const rows = page.map(({ organizationId, newest }) => newOrganizationKey(platform, organizationId, newest + 1));
    // Another rotation may be at it, too: then its key is as good.
    made += (await db.organizationKey.createMany({ data: rows, skipDuplicates: true })).count;
  }
}

/**
 * Removes keys that seal nothing any more. One that was replaced only now stays until the next rotation: somebody may
 * have read what it sealed, and be about to ask for it.
 */
export async function removeOldKeys({ db }: Rotation): Promise<number> {
  return db.$executeRaw`
    DELETE FROM "OrganizationKey" AS key
    WHERE EXISTS (
      SELECT 1 FROM "OrganizationKey" AS newer
      WHERE newer."organizationId" = key."organizationId" AND newer."number" > key."number"
        AND newer."createdAt" < now() - interval '10 minutes'
    ) AND NOT EXISTS (
      SELECT 1 FROM "Variable" AS variable
      WHERE variable."organizationId" = key."organizationId"
        AND substring(variable."sealedValue" FROM 1 FOR 5) = '\\x02'::bytea || int4send(key."number")
    )`;
}
