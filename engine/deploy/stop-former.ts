import type { Instance, Volume } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { removeInstance } from '../instance/remove-instance.js';
import { leadToLive } from '../route/lead-to-live.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { mountsOf } from '../volume/mount.js';
import { requireSlice } from './require-slice.js';
import { Overtaken, type Run } from './run.js';
import { say } from './say.js';
import { isStillOurs } from './still-ours.js';

/**
 * Where the environment has volumes, what runs there is ended before anything of the new release is started: two releases
 * would write into the same files at once. Visitors are told that nobody is home until the new one is healthy. When it does
 * not get there the former is started again: see start-former-again.ts.
 */
export async function stopFormer(
  engine: Engine,
  run: Run,
  volumes: readonly Volume[],
  signal: AbortSignal,
): Promise<void> {
  const { environmentId, environment } = run.deployment;
  if (volumes.length === 0) return;
  // What refuses it does so while the former one still serves.
  await requireSlice(engine, run);
  await mountsOf(engine, environmentId);
  const { instances, version } = await takeAway(engine, run);
  if (instances.length === 0) return;
  const names = volumes.map(({ name }) => name).join(', ');
  say(run, `Stopping what runs first: only one release at a time may use the volume ${names}`);
  if (version !== null) {
    engine.events.publish('route', environment.hostname);
    await waitForEdges(engine, version, signal);
    await engine.clock.sleep(engine.settings.drainMs, signal);
  }
  await Promise.all(instances.map((one) => removeInstance(engine, one.id, engine.settings.stopGraceMs)));
  say(run, 'Stopped; nobody is served until the new release is healthy');
}

/** Those that were deleted too: what runs may have them yet, and they may be restored meanwhile. */
export function volumesOf(engine: Engine, { deployment: { environmentId } }: Run): Promise<readonly Volume[]> {
  return engine.db.volume.findMany({ where: { environmentId }, orderBy: { name: 'asc' } });
}

/** Nobody is sent any longer to what runs of other deployments; those that are to end. */
async function takeAway(engine: Engine, run: Run) {
  const { id, environmentId } = run.deployment;
  return engine.db.$transaction(async (tx) => {
    if (!(await isStillOurs(tx, run))) throw new Overtaken(id);
    const running = { in: ['STARTING', 'RUNNING', 'STOPPING', 'ASLEEP'] satisfies Instance['state'][] };
    const where = { environmentId, deploymentId: { not: id }, state: running };
    const instances = await tx.instance.findMany({ where, select: { id: true } });
    await tx.instance.updateMany({ where, data: { state: 'STOPPING' } });
    return { instances, version: await leadToLive(tx, environmentId) };
  });
}
