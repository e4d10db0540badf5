import { resizeRestMs } from '@apployd/core/resize';
import type { Environment, Instance, Process } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { NoRoom } from '../reservation/no-room.js';
import type { BesideShare } from '../reservation/share.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { bringIn } from './bring-in.js';
import { endFirst } from './end-first.js';
import { liveEnvironment, whileAlone, type LiveEnvironment } from './live-environment.js';
import { noteNotResized, noteResized, noteResizeWaits } from './note-resized.js';
import { removeInstance } from './remove-instance.js';
import { sendVisitors } from './send-visitors.js';
import { isOneAtATime } from '../volume/of-environment.js';
import { sortOut } from './sort-out.js';

/**
 * Makes what runs in an environment as many instances as are wanted, with the limits that they should have, none from before
 * a restart: in place, also while somebody deploys; where that takes new ones, by new instances beside the old ones, which keep the visitors until
 * the new ones are healthy. A deployment that waits goes first: it starts with the new limits by itself.
 */
export async function resize(engine: Engine, environmentId: string, signal: AbortSignal): Promise<void> {
  const live = await liveEnvironment(engine, environmentId);
  if (!live) return;
  await resizeInPlace(engine, live);
  await whileAlone(engine, environmentId, signal, (now, stop) => replaceOthers(engine, now, stop));
}

/** Of now: with the limits that it should have, and not from before a restart was asked for. */
export function isOfNow(
  instance: Instance,
  process: Pick<Process, 'memoryBytes' | 'cpuMillicores'>,
  { generation }: Pick<Environment, 'generation'>,
): boolean {
  return hasItsLimits(instance, process) && instance.generation >= generation;
}

/** As they should have: the limits of their process. */
function hasItsLimits(instance: Instance, process: Pick<Process, 'memoryBytes' | 'cpuMillicores'>): boolean {
  return instance.memoryBytes === process.memoryBytes && instance.cpuMillicores === process.cpuMillicores;
}

async function resizeInPlace(engine: Engine, live: LiveEnvironment): Promise<void> {
  const { memoryBytes, cpuMillicores } = live.process;
  const limits = { memoryBytes: Number(memoryBytes), cpuMillicores };
  const others = live.instances.filter((one) => one.state === 'RUNNING' && !hasItsLimits(one, live.process));
  const changed: string[] = [];
  for (const { id } of others) {
    if ((await engine.runtime.resize(id, limits)) === 'applied') changed.push(id);
  }
  if (changed.length === 0) return;
  await engine.db.instance.updateMany({ where: { id: { in: changed } }, data: { memoryBytes, cpuMillicores } });
  await noteResized(engine, live, { how: 'LIVE', instances: changed.length });
}

/** Whoever has the memory that it waits for builds, or is about to end what it replaced. */
const roomRestMs = 15_000;
/** It is looked at again some seconds after it has rested. */
const keptPlaceMs = 45_000;

async function replaceOthers(engine: Engine, live: LiveEnvironment, signal: AbortSignal): Promise<void> {
  // Those that wake are to join the others first, or to be removed: who wakes them asks again.
  if (live.instances.some(({ state }) => state === 'ASLEEP')) return;
  const { running } = await sortOut(engine, live.instances);
  // What is gone altogether is brought back, which is another job's.
  if (running.length === 0) return;
  const keep = running
    .filter((one) => isOfNow(one, live.process, live.environment))
    .slice(0, live.process.desiredInstances);
  const outgoing = running.filter((one) => !keep.includes(one));
  const count = live.process.desiredInstances - keep.length;
  if (count === 0 && outgoing.length === 0) return;
  if (count === outgoing.length && !isRestart(live, outgoing) && (await isOneAtATime(engine.db, live.environment.id)))
    return noteResizeWaits(engine, live, resizeRestMs);
  try {
    await replace(engine, live, { count, outgoing }, signal);
  } catch (err) {
    engine.log.warn({ err, environmentId: live.environment.id }, 'could not give an environment its new limits');
    if (!signal.aborted) {
      const restMs = err instanceof NoRoom ? roomRestMs : resizeRestMs;
      await noteNotResized(engine, live, err, { restMs, isRestart: isRestart(live, outgoing) });
    }
  }
}

function isRestart({ environment }: LiveEnvironment, outgoing: readonly Instance[]): boolean {
  return outgoing.some(({ generation }) => generation < environment.generation);
}

type Change = { readonly count: number; readonly outgoing: readonly Instance[] };

/** The outgoing ones keep their visitors until every edge has followed, and get their time to finish. */
async function replace(engine: Engine, live: LiveEnvironment, change: Change, signal: AbortSignal): Promise<void> {
  const outgoing = await endFirst(engine, live, change.outgoing, signal);
  const share = shareOf(live, { ...change, outgoing });
  await engine.reservation.holdNow(share, keptPlaceMs, () =>
    replaceOutgoing(engine, live, { ...change, outgoing }, signal),
  );
}

/** What comes runs for a while beside what is still to go; what comes besides is wanted. */
function shareOf({ environment, process }: LiveEnvironment, { count, outgoing }: Change): BesideShare {
  const going = outgoing.reduce((sum, { memoryBytes }) => sum + Number(memoryBytes), 0);
  return {
    ...{ kind: 'beside', environmentId: environment.id, deploymentId: null },
    bytes: () => Math.min(going, count * Number(process.memoryBytes)),
  };
}

async function replaceOutgoing(
  engine: Engine,
  live: LiveEnvironment,
  change: Change,
  signal: AbortSignal,
): Promise<void> {
  const { outgoing } = change;
  const { incoming, version } = await bringIn(engine, live, change, signal);
  if (version !== null && !(await waitForEdges(engine, version, signal))) {
    await sendVisitors(engine, live, { incoming: outgoing, outgoing: incoming.map((id) => ({ id })) });
    for (const id of incoming) await removeInstance(engine, id, engine.settings.stopGraceMs);
    throw new Error('No edge took the new route in time.');
  }
  const instances = live.process.desiredInstances;
  await noteResized(engine, live, { how: 'REPLACE', instances, isRestart: isRestart(live, change.outgoing) });
  await engine.clock.sleep(engine.settings.drainMs, signal);
  for (const { id } of outgoing) await removeInstance(engine, id, engine.settings.stopGraceMs);
}
