import type { DeploymentFailure } from '@apployd/core/failure';
import type { Engine } from '../engine.js';
import { claimToEnd } from './claim.js';
import { closeLog } from './close-log.js';
import { fail } from './conclude.js';
import { askNext } from './line.js';
import { Overtaken } from './run.js';
import { startFormerAgain } from './start-former-again.js';
import { takeBack } from './take-back.js';

/** Ends a deployment that was tried often enough, so that it is not left at work for ever and the next one can go on. */
export async function giveUp(engine: Engine, id: string, failure: DeploymentFailure): Promise<void> {
  const row = await engine.db.deployment.findUnique({ where: { id }, select: { environmentId: true } });
  if (!row) return;
  await engine.leases.hold(`environment:${row.environmentId}`, engine.settings.leaseMs, (fence) =>
    end(engine, id, fence, failure),
  );
  await startFormerAgain(engine, row.environmentId);
  await askNext(engine);
}

async function end(engine: Engine, id: string, fence: bigint, failure: DeploymentFailure): Promise<void> {
  const run = await claimToEnd(engine, id, fence);
  if (!run) return;
  await takeBack(engine, run, failure);
  await fail(engine, run, failure).catch((error: unknown) => {
    if (!(error instanceof Overtaken)) throw error;
  });
  await closeLog(engine, run);
}
