import { isTimeZone, keepAwake, keptAwakeSince } from '@apployd/core/keep-awake';
import type { Engine } from '../engine.js';

/** A schedule of some projects' settings, as the database writes it, that keeps awake at a moment, and since when. */
type InForce = { readonly text: string; readonly since: Date };

/** Many projects have the same: each is looked at once. One that cannot be read keeps nobody awake. */
export async function schedulesInForce({ db }: Engine, at: Date): Promise<readonly InForce[]> {
  const rows = await db.$queryRaw<{ text: string }[]>`
    SELECT DISTINCT ("settings"->'keepAwake')::text AS "text" FROM "Project"
    WHERE jsonb_typeof("settings"->'keepAwake') = 'object' AND "deletesAt" IS NULL`;
  return rows.flatMap(({ text }) => {
    const schedule = keepAwake.safeParse(JSON.parse(text)).data;
    const since = schedule && isTimeZone(schedule.timeZone) ? keptAwakeSince(schedule, at) : null;
    return since ? [{ text, since }] : [];
  });
}
