import type { Engine } from '../engine.js';

/**
 * A deployment that did not go live may leave an environment in which nothing runs: it ended what ran before it, or that was
 * just being brought back. What is live is started again at once. Reconcile would find it a little later.
 */
export async function startFormerAgain(engine: Engine, environmentId: string): Promise<void> {
  const down = await engine.db.environment.count({
    where: {
      id: environmentId,
      desiredState: 'RUNNING',
      liveDeployment: { serving: 'LIVE', instances: { none: { state: { in: ['STARTING', 'RUNNING'] } } } },
    },
  });
  if (down === 0) return;
  await engine.jobs
    .ask('bring-back', environmentId)
    .catch((err: unknown) =>
      engine.log.warn({ err, environmentId }, 'could not ask for a former release; reconcile will'),
    );
}
