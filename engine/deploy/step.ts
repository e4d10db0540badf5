import type { DeploymentStageName } from '@apployd/core/deployment';
import type { Engine } from '../engine.js';
import type { Run } from './run.js';

/** Does one stage's work and keeps when it began and ended. */
export async function step<T>(engine: Engine, run: Run, name: DeploymentStageName, work: () => Promise<T>): Promise<T> {
  const { id: deploymentId, organizationId } = run.deployment;
  const where = { deploymentId_name: { deploymentId, name } };
  await engine.db.deploymentStep.upsert({
    where,
    create: { deploymentId, organizationId, name, startedAt: engine.clock.now() },
    update: { startedAt: engine.clock.now(), finishedAt: null },
  });
  engine.events.publish('deployment', deploymentId);
  const result = await work();
  await engine.db.deploymentStep.update({ where, data: { finishedAt: engine.clock.now() } });
  engine.events.publish('deployment', deploymentId);
  return result;
}
