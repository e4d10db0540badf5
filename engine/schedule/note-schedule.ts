import type { Engine } from '../engine.js';
import type { Recurring } from '../schedule.js';

/** Keeps a row for each name with its interval, due at once when it is new; a shorter interval counts from now on. */
export async function noteSchedule({ db }: Engine, works: readonly Recurring[]): Promise<void> {
  for (const { name, everyMs } of works) {
    await db.$executeRaw`
      INSERT INTO "ScheduledWork" AS work ("name", "everyMs", "nextRunAt") VALUES (${name}, ${everyMs}, clock_timestamp())
      ON CONFLICT ("name") DO UPDATE SET
        "everyMs" = excluded."everyMs",
        "nextRunAt" = least(work."nextRunAt", clock_timestamp() + ${everyMs} * interval '1 millisecond')
      WHERE work."everyMs" <> excluded."everyMs"`;
  }
}
