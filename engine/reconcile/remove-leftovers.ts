import { activeStatuses } from '@apployd/core/deployment';
import type { Engine } from '../engine.js';
import { found } from './found.js';

/** Ends instances that should not run: of deployments that are over and not live, and those that no row knows. */
export async function removeLeftovers(engine: Engine): Promise<void> {
  await askToRetire(engine);
  await stopUnknown(engine);
}

async function askToRetire(engine: Engine): Promise<void> {
  const over = await engine.db.instance.findMany({
    where: {
      serverId: engine.settings.serverId,
      state: { in: ['STARTING', 'RUNNING', 'STOPPING', 'ASLEEP'] },
      deployment: { serving: { not: 'LIVE' }, status: { notIn: [...activeStatuses] } },
    },
    distinct: ['deploymentId'],
    select: { deploymentId: true },
  });
  for (const { deploymentId } of over) {
    // One that waits gives requests in flight their time: it is not hurried.
    if (await engine.jobs.isAsked('retire', deploymentId)) continue;
    // One that was lost right after a switch would have waited as long: nobody knows since when.
    await engine.jobs.ask('retire', deploymentId, { delayMs: engine.settings.drainMs });
    found(engine, 'instance.without-use', { deploymentId });
  }
}

async function stopUnknown(engine: Engine): Promise<void> {
  const listed = await engine.runtime.list();
  const rows = await engine.db.instance.findMany({
    where: { id: { in: listed.map(({ instanceId }) => instanceId) }, state: { notIn: ['STOPPED', 'CRASHED'] } },
    select: { id: true },
  });
  const known = new Set(rows.map(({ id }) => id));
  for (const { instanceId, handle } of listed) {
    if (known.has(instanceId)) continue;
    await engine.runtime
      .stop(handle, engine.settings.stopGraceMs)
      .then(() => found(engine, 'instance.without-row', { instanceId, handle }))
      .catch((err: unknown) => engine.log.warn({ err, instanceId }, 'could not stop it; trying again later'));
  }
}
