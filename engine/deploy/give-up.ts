import type { DeploymentFailure } from '@apployd/core/failure';
import type { Engine } from '../engine.js';
import { closeLog } from './close-log.js';
import { claim } from './claim.js';
import { fail } from './conclude.js';
import { Overtaken } from './run.js';

/** Ends a deployment that was tried often enough, so that it is not left at work for ever. */
export async function giveUp(engine: Engine, id: string, failure: DeploymentFailure): Promise<void> {
  const row = await engine.db.deployment.findUnique({ where: { id }, select: { environmentId: true } });
  if (!row) return;
  await engine.leases.hold(`environment:${row.environmentId}`, engine.settings.leaseMs, async (fence) => {
    const run = await claim(engine, id, fence);
    if (!run) return;
    await fail(engine, run, failure).catch((error: unknown) => {
      if (!(error instanceof Overtaken)) throw error;
    });
    await closeLog(engine, run);
  });
}
