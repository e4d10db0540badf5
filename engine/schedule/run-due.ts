import type { Engine } from '../engine.js';
import type { Recurring } from '../schedule.js';

/**
 * Does the work if it is due and no other engine is at it. It is done under a lease: when this engine dies midway, the
 * next one does it once the lease is over.
 */
export async function runDue(engine: Engine, work: Recurring, signal: AbortSignal): Promise<void> {
  await engine.leases.hold(`schedule:${work.name}`, engine.settings.leaseMs, async (fence, lost) => {
    if (!(await begin(engine, work, fence))) return;
    const error = await work.run(engine, AbortSignal.any([signal, lost])).then(
      () => null,
      (err: unknown) => {
        engine.log.warn({ err, name: work.name }, 'recurring work failed');
        return err instanceof Error ? err.message : String(err);
      },
    );
    await finish(engine, work, fence, error);
  });
}

/** False when it is not due, or was done between a look and the lease. */
async function begin({ db }: Engine, { name }: Recurring, fence: bigint): Promise<boolean> {
  const begun = await db.$executeRaw`
    UPDATE "ScheduledWork" SET "fence" = ${fence}, "startedAt" = clock_timestamp()
    WHERE "name" = ${name} AND "nextRunAt" <= clock_timestamp() AND "fence" < ${fence}`;
  return begun === 1;
}

/** One that was overtaken changes nothing. */
async function finish(
  { db }: Engine,
  { name, everyMs }: Recurring,
  fence: bigint,
  error: string | null,
): Promise<void> {
  await db.$executeRaw`
    UPDATE "ScheduledWork" SET "finishedAt" = clock_timestamp(), "error" = ${error},
      "nextRunAt" = clock_timestamp() + ${everyMs} * interval '1 millisecond'
    WHERE "name" = ${name} AND "fence" = ${fence}`;
}
