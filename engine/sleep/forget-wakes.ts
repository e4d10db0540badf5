import type { Engine } from '../engine.js';

/** Of each environment and depth: enough to tell how long waking takes as a rule. */
const kept = 100;

export async function forgetWakes({ db }: Engine): Promise<void> {
  await db.$executeRaw`
    DELETE FROM "Wake" WHERE "id" IN (
      SELECT "id" FROM (
        SELECT "id", row_number() OVER (PARTITION BY "environmentId", "depth" ORDER BY "wokenAt" DESC) AS "place" FROM "Wake"
      ) AS wake WHERE wake."place" > ${kept})`;
}
