import type { Release } from '@apployd/prisma/generated/client/client';
import { requireSlice } from '../deploy/require-slice.js';
import type { Run } from '../deploy/run.js';
import { say } from '../deploy/say.js';
import { startInstances } from '../deploy/start-instances.js';
import type { Engine } from '../engine.js';
import type { RunningInstance } from '../instance/start-release.js';

/**
 * What was scaled up while the rollout lasted was so for the former release alone: the new one has as many instances, with the
 * limits of now, before all visitors come. Gives all of them; those that came are still to become healthy. They wait for no
 * memory: the former release ends once they are there.
 */
export async function startMissing(
  engine: Engine,
  run: Run,
  release: Release,
  running: readonly RunningInstance[],
  signal: AbortSignal,
): Promise<readonly RunningInstance[]> {
  const where = { environmentId: run.deployment.environmentId, name: 'web', desiredInstances: { gt: running.length } };
  if ((await engine.db.process.count({ where })) === 0) return running;
  const { desiredInstances } = await requireSlice(engine, run);
  say(run, `Starting ${desiredInstances - running.length} more: ${desiredInstances} instances are wanted by now`);
  return startInstances(engine, run, release, signal);
}
