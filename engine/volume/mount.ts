import { DeploymentFailure } from '@apployd/core/failure';
import type { Engine } from '../engine.js';
import { volumesOf } from './of-environment.js';
import type { Mount } from './volumes.js';

/**
 * The environment's volumes, there to be mounted on this machine. The first instance that gets one settles where it is: its
 * content does not move, so that what has it stays on its server.
 */
export async function mountsOf(engine: Engine, environmentId: string): Promise<readonly Mount[]> {
  const { db, settings, volumes } = engine;
  const rows = await volumesOf(db, environmentId);
  for (const { id, name, ...owner } of rows) {
    await db.volume.updateMany({ where: { id, serverId: null }, data: { serverId: settings.serverId } });
    const { serverId } = await db.volume.findUniqueOrThrow({ where: { id }, select: { serverId: true } });
    if (serverId !== settings.serverId) throw elsewhere(name);
    await volumes.ensure({ id, ...owner });
  }
  return rows.map(({ id: volumeId, name, mountPath: path }) => ({ volumeId, name, path }));
}

function elsewhere(name: string): DeploymentFailure {
  const message = `The volume ${name} is on another server, and its content does not move. Ask the operator to have that server back.`;
  return new DeploymentFailure('VOLUME_ELSEWHERE', 'START', message);
}
