import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { crashesUntilCrashed } from '@apployd/core/crash';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { awake } from '../sleep/awake.js';
import { appendHappening } from './append-happening.js';
import type { LiveEnvironment } from './live-environment.js';

/** It runs again, with so many instances that were started anew. */
export function noteBack(engine: Engine, live: LiveEnvironment, count: number): Promise<void> {
  const changes = { observedState: 'RUNNING', stateReason: null, restartAfter: null, ...awake } as const;
  // Its time without visitors begins anew.
  const wokenAt = engine.clock.now();
  return note(engine, live, 'environment.restarted', { ...changes, wokenAt, restarts: { increment: count } });
}

/** All that is to run does, also without anything that was started anew: what was said of a crash is over. */
export async function noteWhole(engine: Engine, live: LiveEnvironment): Promise<void> {
  const { id, observedState, stateReason, resizeAfter, restartAfter } = live.environment;
  // With a time to rest, the reason is that of limits that could not be given.
  const isTold = observedState !== 'RUNNING' || (stateReason !== null && resizeAfter === null);
  if (isTold) {
    const data = { observedState: 'RUNNING', stateReason: null, restartAfter: null, ...awake } as const;
    const wokenAt = observedState === 'RUNNING' ? {} : { wokenAt: engine.clock.now() };
    await note(engine, live, 'environment.recovered', { ...data, ...wokenAt });
  } else if (restartAfter !== null) {
    await engine.db.environment.update({ where: { id }, data: { restartAfter: null } });
  }
}

/** It does not run, or not wholly, and why; an event when that is news. */
export async function noteDown(
  engine: Engine,
  live: LiveEnvironment,
  runningInstances: number,
  why: string,
): Promise<void> {
  const [observedState, type] = down(live, runningInstances);
  const stateReason = observedState === 'CRASHED' ? `It ends again and again. ${why} ${advice}` : why;
  const { environment } = live;
  if (environment.observedState === observedState && environment.stateReason === stateReason) return;
  await note(engine, live, type, { observedState, stateReason });
}

const advice = 'It is tried again every few minutes; deploy, or restart it, to try at once.';

function down({ environment }: LiveEnvironment, runningInstances: number) {
  if (runningInstances > 0) return ['RUNNING', 'environment.degraded'] as const;
  if (environment.crashes >= crashesUntilCrashed) return ['CRASHED', 'environment.crashed'] as const;
  return ['STOPPED', 'environment.down'] as const;
}

async function note(
  engine: Engine,
  live: LiveEnvironment,
  type: string,
  data: Prisma.EnvironmentUpdateInput,
): Promise<void> {
  await transactAndTell(engine, async (tx) => {
    const { stateReason } = await tx.environment.update({ where: { id: live.environment.id }, data });
    await appendHappening(tx, live, type, { reason: stateReason });
  });
  engine.events.publish('environment', live.environment.id);
}
