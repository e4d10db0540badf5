import type { Engine } from '../engine.js';

/** Any engine may be given the next ask: it comes round to the right one soon. */
export const handOverMs = 500;

/**
 * For a deployment whose environment somebody has: asks for it again a moment later, since other work stands back before it,
 * and ends soon. Not where it is at work itself: whoever is at it goes on.
 */
export async function comeAgain(engine: Engine, id: string, environmentId: string): Promise<void> {
  if (await isAtWork(engine, id, environmentId)) return;
  await engine.jobs.ask('deploy', id, { delayMs: handOverMs });
}

/** A claim has the fencing number of its lease. */
async function isAtWork({ db }: Engine, id: string, environmentId: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ isAtWork: boolean }[]>`
    SELECT EXISTS (
      SELECT 1 FROM "Lease" AS lease JOIN "Deployment" AS deployment ON deployment."fence" = lease."fence"
      WHERE lease."key" = ${`environment:${environmentId}`} AND lease."expiresAt" > clock_timestamp()
        AND deployment."id" = ${id}::uuid) AS "isAtWork"`;
  return row?.isAtWork ?? false;
}
