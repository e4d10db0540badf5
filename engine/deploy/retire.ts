import type { Engine } from '../engine.js';
import { removeInstance } from '../instance/remove-instance.js';

/** Ends what a replaced deployment still runs. Its image is kept, so that one can go back to it. */
export async function retire(engine: Engine, deploymentId: string): Promise<void> {
  const deployment = await engine.db.deployment.findUnique({
    where: { id: deploymentId },
    select: {
      serving: true,
      instances: { where: { state: { in: ['STARTING', 'RUNNING', 'STOPPING', 'ASLEEP'] } }, select: { id: true } },
    },
  });
  if (!deployment || deployment.serving === 'LIVE') return;
  for (const { id } of deployment.instances) await removeInstance(engine, id, engine.settings.stopGraceMs);
  engine.events.publish('deployment', deploymentId);
}
