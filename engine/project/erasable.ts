import type { Engine } from '../engine.js';

/**
 * Whether its time is over, by the database's clock, as restoring judges it: from then on it cannot be restored, and
 * nothing that is erased is missed.
 */
export async function isErasable({ db }: Engine, id: string): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM "Project" WHERE "id" = ${id}::uuid AND "deletesAt" <= clock_timestamp()`;
  return rows.length > 0;
}

/** The projects of which that is so, those that have waited longest first. */
export async function erasable({ db }: Engine, most: number): Promise<readonly string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Project" WHERE "deletesAt" <= clock_timestamp() ORDER BY "deletesAt" LIMIT ${most}`;
  return rows.map(({ id }) => id);
}
