import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { found } from '../reconcile/found.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { bringIn } from './bring-in.js';
import { endFirst } from './end-first.js';
import { FailedStart } from './failed-start.js';
import { howTheyEnded } from './how-it-ended.js';
import { DeploymentFirst, liveEnvironment, whileAlone, type LiveEnvironment } from './live-environment.js';
import { lastExitOf, noteExits } from './note-exits.js';
import { noteBack, noteDown, noteWhole } from './note-state.js';
import { removeInstance } from './remove-instance.js';
import { sendVisitors } from './send-visitors.js';
import { removeDead, sortOut } from './sort-out.js';

/**
 * Starts what is live in the environment again where instances of it are gone, after a reboot or when the app ended by
 * itself, and replaces those that lost their health: they keep their visitors until others are healthy. What ends again and
 * again is started after a pause that grows. A deployment that has its slot goes first, and sees to what is live by itself
 * until it brings instances of its own: where the environment is somebody's already, they are told to look.
 */
export async function bringBack(engine: Engine, environmentId: string, signal: AbortSignal): Promise<void> {
  const replace = (live: LiveEnvironment, stop: AbortSignal) => replaceLost(engine, live, stop);
  const isMine = await whileAlone(engine, environmentId, signal, replace, 'BEFORE_THOSE_WITH_A_SLOT');
  if (!isMine) engine.events.publish('environment', environmentId);
}

/**
 * The same for whoever has the environment already. What runs on another server is left alone: from here it looks as if it
 * were gone.
 */
export async function bringBackMeanwhile(engine: Engine, environmentId: string, signal: AbortSignal): Promise<void> {
  const live = await liveEnvironment(engine, environmentId);
  if (live?.live.serverId === engine.settings.serverId) await replaceLost(engine, live, signal);
}

/** What ended is not to be started again before a moment that is to come. */
export function isResting({ clock }: Pick<Engine, 'clock'>, { restartAfter }: { restartAfter: Date | null }): boolean {
  return restartAfter !== null && restartAfter > clock.now();
}

async function replaceLost(engine: Engine, before: LiveEnvironment, signal: AbortSignal): Promise<void> {
  // Those are woken, or removed where they cannot be, before others are started.
  if (before.instances.some(({ state }) => state === 'ASLEEP')) return askToWake(engine, before);
  const { running, dead } = await sortOut(engine, before.instances);
  const gone = dead.filter(({ state }) => state === 'RUNNING');
  for (const { id: instanceId, environmentId } of gone) found(engine, 'instance.gone', { instanceId, environmentId });
  const ill = running.filter(({ unhealthySince }) => unhealthySince !== null);
  const news = [...gone, ...ill.filter(({ reason }) => reason === null)];
  const live = await noteExits(engine, before, await howTheyEnded(engine, before, news));
  await takeAway(engine, live, dead);
  const count = Math.max(0, live.process.desiredInstances - (running.length - ill.length));
  if (count === 0 && ill.length === 0) return noteWhole(engine, live);
  if (isResting(engine, live.environment)) return rest(engine, live, running.length);
  await bringOthers(engine, live, { count, ill, running: running.length }, signal);
}

/** It is to run, whether or not somebody has asked for it: what sleeps would be left to itself otherwise. */
async function askToWake({ db, clock, events }: Engine, { environment: { id } }: LiveEnvironment): Promise<void> {
  const { count } = await db.environment.updateMany({
    where: { id, desiredState: 'RUNNING', wakeAskedAt: null },
    data: { wakeAskedAt: clock.now() },
  });
  if (count > 0) events.publish('environment', id);
}

/** Visitors are sent to what has ended no longer, and nothing is left of it. */
async function takeAway(engine: Engine, live: LiveEnvironment, dead: readonly Instance[]): Promise<void> {
  if (dead.length > 0) await sendVisitors(engine, live, { incoming: [], outgoing: dead });
  await Promise.all(dead.map((instance) => removeDead(engine, instance)));
}

function rest(engine: Engine, live: LiveEnvironment, running: number): Promise<void> {
  return noteDown(engine, live, running, lastExitOf(live)?.message ?? 'It could not be started.');
}

type Lack = { readonly count: number; readonly ill: readonly Instance[]; readonly running: number };

async function bringOthers(engine: Engine, live: LiveEnvironment, lack: Lack, signal: AbortSignal): Promise<void> {
  const { count } = lack;
  const triedAt = engine.clock.now();
  try {
    signal.throwIfAborted();
    const ill = await endFirst(engine, live, lack.ill, signal);
    const { version } = await bringIn(engine, live, { count, outgoing: ill }, signal);
    await noteBack(engine, live, count);
    if (ill.length > 0) await drain(engine, ill, version, signal);
  } catch (err) {
    await giveUp(engine, live, { running: lack.running, triedAt }, err, signal);
  }
}

/** All is well by now, whatever becomes of it: those that are to end yet are found by whoever looks next. */
async function drain(
  engine: Engine,
  ill: readonly Instance[],
  version: bigint | null,
  signal: AbortSignal,
): Promise<void> {
  await endDrained(engine, ill, version, signal).catch((err: unknown) => {
    if (!signal.aborted) throw err;
  });
}

async function endDrained(
  engine: Engine,
  ill: readonly Instance[],
  version: bigint | null,
  signal: AbortSignal,
): Promise<void> {
  if (version !== null) await waitForEdges(engine, version, signal);
  await engine.clock.sleep(engine.settings.drainMs, signal);
  await Promise.all(ill.map(({ id }) => removeInstance(engine, id, engine.settings.stopGraceMs)));
}

const restAfterFaultMs = 15_000;

/**
 * The app's failure makes the next pause longer; a fault of ours does not, nor does what is to go first. Who was stopped
 * otherwise, as by a lost lease, says nothing: how it stands is another's to tell by now.
 */
async function giveUp(
  engine: Engine,
  live: LiveEnvironment,
  { running, triedAt }: { readonly running: number; readonly triedAt: Date },
  err: unknown,
  signal: AbortSignal,
): Promise<void> {
  const reason = err instanceof Error ? err.message : String(err);
  const { id } = live.environment;
  engine.log.warn({ err, environmentId: id }, 'could not bring the environment back; trying again later');
  if (err instanceof FailedStart) {
    const after = await noteExits(engine, live, [{ instanceId: null, triedAt, exit: err.exit }]);
    return noteDown(engine, after, running, reason);
  }
  if (signal.aborted && !(signal.reason instanceof DeploymentFirst)) return;
  if (!signal.aborted) {
    const restartAfter = new Date(engine.clock.now().getTime() + restAfterFaultMs);
    await engine.db.environment.update({ where: { id }, data: { restartAfter } });
  }
  await noteDown(engine, live, running, reason);
}
