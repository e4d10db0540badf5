import { isAsleep } from '@apployd/core/environment';
import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { liveEnvironment, type LiveEnvironment } from '../instance/live-environment.js';
import { removeInstance } from '../instance/remove-instance.js';
import { freeze } from './freeze.js';
import { noteAwake, noteNothingToWake } from './note-awake.js';
import { rouse } from './rouse.js';

/**
 * Wakes an environment that is to be awake: its instances go on, or are started again, and once they are healthy those who
 * were held are let in. What cannot be woken is removed, and others are brought in its place. Does not wait for somebody who
 * deploys: that may take minutes.
 */
export async function wakeUp(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  await engine.leases.hold(`sleep:${id}`, engine.settings.leaseMs, async (_, lost) => {
    const live = await liveEnvironment(engine, id);
    if (live) await wake(engine, live, AbortSignal.any([signal, lost]));
  });
}

async function wake(engine: Engine, live: LiveEnvironment, signal: AbortSignal): Promise<void> {
  const { id, generation } = live.environment;
  const sleepers = live.instances.filter(({ state }) => state === 'ASLEEP');
  const outdated = sleepers.filter((one) => one.generation < generation);
  const roused = await rouse(
    engine,
    live,
    sleepers.filter((one) => !outdated.includes(one)),
    signal,
  );
  const lost = sleepers.filter((one) => !roused.includes(one));
  for (const one of lost)
    await removeInstance(engine, one.id, outdated.includes(one) ? engine.settings.stopGraceMs : 0);
  if (roused.length === 0) return bringOthers(engine, live);
  if (await noteAwake(engine, live, roused)) return;
  await backToSleep(engine, id, roused);
}

/** Nothing is left that could be woken: others are started, as after a reboot. */
async function bringOthers(engine: Engine, { environment }: LiveEnvironment): Promise<void> {
  await noteNothingToWake(engine, environment.id);
  await engine.jobs.ask('bring-back', environment.id);
}

/** It is not to be awake any more; what is not to run at all is ended by those whose business that is. */
async function backToSleep(engine: Engine, id: string, roused: readonly Instance[]): Promise<void> {
  const { desiredState } = await engine.db.environment.findUniqueOrThrow({ where: { id } });
  if (isAsleep(desiredState)) await freeze(engine, roused, desiredState);
}
