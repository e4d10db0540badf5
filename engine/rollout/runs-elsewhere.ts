import type { Engine } from '../engine.js';

/** A server that was silent for so long is not waited for. */
const silentMs = 30_000;

/**
 * Whether the instances of the deployment's rollout run on another server that lives. Only its engine reaches them: it brings
 * the rollout to its end, and ends what is to end.
 */
export async function runsElsewhere({ db, clock, settings }: Engine, deploymentId: string): Promise<boolean> {
  const heartbeatAt = { gt: new Date(clock.now().getTime() - silentMs) };
  const there = await db.instance.count({
    where: {
      ...{ deploymentId, serverId: { not: settings.serverId }, state: { in: ['STARTING', 'RUNNING', 'STOPPING'] } },
      ...{ server: { status: 'READY', heartbeatAt }, deployment: { status: 'DEPLOYING', rollout: { isNot: null } } },
    },
  });
  return there > 0;
}
