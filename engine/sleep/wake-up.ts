import { isAsleep } from '@apployd/core/environment';
import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { liveEnvironment, type LiveEnvironment } from '../instance/live-environment.js';
import { removeInstance } from '../instance/remove-instance.js';
import { freeze } from './freeze.js';
import { noteAwake, noteJoined, noteNothingToWake } from './note-awake.js';
import { rouse } from './rouse.js';

/**
 * Wakes an environment that is to be awake: its instances go on, or are started again, and once one is healthy those who
 * were held are let in; the others join it as they come up. What cannot be woken is removed, and others are brought in its
 * place. Does not wait for somebody who deploys: that may take minutes.
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
  const current = sleepers.filter((one) => !outdated.includes(one));
  try {
    const roused = await rouse(engine, live, current, { letIn: door(engine, live), signal });
    for (const { id: lost } of current.filter((one) => !roused.includes(one))) await removeInstance(engine, lost, 0);
    for (const one of outdated) await removeInstance(engine, one.id, engine.settings.stopGraceMs);
    if (roused.length === 0) await noteNothingToWake(engine, id);
    const isWhole = roused.length > 0 && roused.length === sleepers.length;
    // A restart or new limits that were asked for meanwhile have waited for those that came up.
    await engine.jobs.ask(isWhole ? 'resize' : 'bring-back', id);
  } catch (err) {
    if (!(err instanceof NotToBeAwake)) throw err;
    await backToSleep(engine, id, current);
  }
}

/** It was put to sleep, stopped or deployed to while it was woken. */
class NotToBeAwake extends Error {}

/** Those who are held wait for the first that is up alone. */
function door(engine: Engine, live: LiveEnvironment): (instance: Instance) => Promise<void> {
  let opened: Promise<boolean> | undefined;
  return async (instance) => {
    const isFirst = opened === undefined;
    opened ??= noteAwake(engine, live, instance);
    const isWanted = (await opened) && (isFirst || (await noteJoined(engine, live, instance)));
    if (!isWanted) throw new NotToBeAwake();
  };
}

/** What was not let in is frozen again, or ended; what is not to run at all is ended by those whose business that is. */
async function backToSleep(engine: Engine, id: string, woken: readonly Instance[]): Promise<void> {
  const { desiredState } = await engine.db.environment.findUniqueOrThrow({ where: { id } });
  if (!isAsleep(desiredState)) return;
  const where = { id: { in: woken.map((one) => one.id) }, state: 'ASLEEP' } as const;
  await freeze(engine, await engine.db.instance.findMany({ where }), desiredState);
}
