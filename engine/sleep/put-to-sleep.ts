import { isAsleep, type SleepDepth } from '@apployd/core/environment';
import { activeStatuses } from '@apployd/core/deployment';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { removeInstance } from '../instance/remove-instance.js';
import { leadToLive } from '../route/lead-to-live.js';
import { freeze } from './freeze.js';
import { whyNotQuiet } from './why-not-quiet.js';
import { noteAsleep, noteStaysAwake } from './note-sleep.js';

/**
 * Puts an environment to sleep that is to: from then on who asks for it is held, and what runs is frozen, or ended for a
 * deep sleep, once nobody is served any more. Where somebody still is it stays awake. A deployment, or other work on what
 * runs, goes first.
 */
export async function putToSleep(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const { leases, settings } = engine;
  await leases.hold(`environment:${id}`, settings.leaseMs, async (_, lost) => {
    await leases.hold(`sleep:${id}`, settings.leaseMs, (__, lostToo) =>
      sleep(engine, id, AbortSignal.any([signal, lost, lostToo])),
    );
  });
}

async function sleep(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const begun = await engine.db.$transaction((tx) => holdVisitors(tx, id));
  if (!begun) return;
  if (begun.version !== null) {
    engine.events.publish('route', begun.hostname);
    const reason = await whyNotQuiet(engine, id, begun, signal);
    if (reason !== null) return noteStaysAwake(engine, id, { reason, isTouched: begun.isTouched });
  }
  for (const left of begun.left) await removeInstance(engine, left.id, engine.settings.stopGraceMs);
  const reached = await freeze(engine, begun.instances, begun.depth);
  await noteAsleep(engine, id, reached);
}

export type Begun = {
  readonly hostname: string;
  readonly depth: SleepDepth;
  /** Of the route that holds them; null when it slept before, and when there is none: nobody is served then. */
  readonly version: bigint | null;
  /** Since when nobody is sent to it, by the database's clock. */
  readonly heldAt: Date;
  readonly instances: readonly Instance[];
  /** An earlier try was cut short: some of these may be frozen, or ended. */
  readonly isTouched: boolean;
  /** What an earlier work left half-started or half-ended. */
  readonly left: readonly Instance[];
};

/** Visitors are held from here on. Null when it is not to sleep by now, or is deployed to. */
async function holdVisitors(tx: Transaction, id: string): Promise<Begun | null> {
  await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
  const environment = await tx.environment.findUnique({
    where: { id },
    select: { hostname: true, desiredState: true, observedState: true, liveDeploymentId: true },
  });
  if (!environment?.liveDeploymentId || !isAsleep(environment.desiredState)) return null;
  if (environment.desiredState === environment.observedState || (await isDeployedTo(tx, id))) return null;
  const there = await tx.instance.findMany({
    where: { deploymentId: environment.liveDeploymentId, state: { notIn: ['STOPPED', 'CRASHED'] } },
  });
  const isServing = ({ state }: Instance) => state === 'RUNNING' || state === 'ASLEEP';
  const instances = there.filter(isServing);
  await tx.instance.updateMany({
    where: { id: { in: instances.map((one) => one.id) } },
    data: { state: 'ASLEEP' },
  });
  const [clock] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS "now"`;
  return {
    hostname: environment.hostname,
    depth: environment.desiredState,
    version: isAsleep(environment.observedState) ? null : await holdingVersion(tx, id, environment.hostname),
    heldAt: clock?.now ?? new Date(),
    instances,
    isTouched: instances.some(({ state }) => state === 'ASLEEP'),
    left: there.filter((one) => !isServing(one)),
  };
}

/** An earlier try may have led it there, and have been cut short before anybody looked who is still served. */
async function holdingVersion(tx: Transaction, id: string, hostname: string): Promise<bigint | null> {
  const version = await leadToLive(tx, id);
  return version ?? (await tx.route.findUnique({ where: { hostname }, select: { version: true } }))?.version ?? null;
}

/** What is deployed takes the place of what runs: it is not worth a sleep. */
async function isDeployedTo(tx: Transaction, environmentId: string): Promise<boolean> {
  return (await tx.deployment.count({ where: { environmentId, status: { in: [...activeStatuses] } } })) > 0;
}
