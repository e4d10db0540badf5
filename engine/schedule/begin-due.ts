import type { Engine } from '../engine.js';
import type { Recurring } from '../schedule.js';
import { runDue } from './run-due.js';

/**
 * One look for all of these works. What is due is begun, each on its own, so that none waits for another; what this engine is
 * still at is left out.
 */
export function beginDue(works: readonly Recurring[]): Recurring['run'] {
  const atIt = new Set<string>();
  const begin = async (engine: Engine, work: Recurring, signal: AbortSignal) => {
    atIt.add(work.name);
    await runDue(engine, work, signal)
      .catch((err: unknown) => engine.log.warn({ err, name: work.name }, 'recurring work failed'))
      .finally(() => atIt.delete(work.name));
  };
  return async (engine, signal) => {
    const due = await dueNow(engine);
    for (const work of works) if (due.has(work.name) && !atIt.has(work.name)) void begin(engine, work, signal);
  };
}

async function dueNow({ db }: Engine): Promise<ReadonlySet<string>> {
  const due = await db.$queryRaw<readonly { name: string }[]>`
    SELECT "name" FROM "ScheduledWork" WHERE "nextRunAt" <= clock_timestamp()`;
  return new Set(due.map(({ name }) => name));
}
