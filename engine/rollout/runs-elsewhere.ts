import { serverIsSilentMs } from '@apployd/core/server';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { aliveSince } from './alive-since.js';

/** With what is to go live it is waited so long for a server: an engine that is started anew takes its time, and no other one could bring it there. */
const promotedSilentMs = 300_000;

const toGoLive = {
  cancelRequestedAt: null,
  supersededById: null,
  rollout: { is: { verdict: 'PROMOTED' } },
} as const satisfies Prisma.DeploymentWhereInput;

/**
 * Whether the instances of the deployment's rollout run on another server that lives, or may come back. Only its engine reaches
 * them: it brings the rollout to its end, and ends what is to end.
 */
export async function runsElsewhere({ db, clock, settings }: Engine, deploymentId: string): Promise<boolean> {
  const there = await db.instance.count({
    where: {
      ...{ deploymentId, serverId: { not: settings.serverId }, state: { in: ['STARTING', 'RUNNING', 'STOPPING'] } },
      deployment: { status: 'DEPLOYING', rollout: { isNot: null } },
      OR: [
        { server: aliveSince(clock, serverIsSilentMs) },
        { server: aliveSince(clock, promotedSilentMs), deployment: toGoLive },
      ],
    },
  });
  return there > 0;
}
