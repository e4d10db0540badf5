import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/**
 * A deployment whose rollout goes on by its schedule. Nobody works on it and it holds no slot: its rows are moved on from time
 * to time, and it is worked on again once that is decided, or it is asked to end.
 */
export const goesOn = {
  status: 'DEPLOYING',
  cancelRequestedAt: null,
  supersededById: null,
  rollout: { is: { verdict: null } },
} as const satisfies Prisma.DeploymentWhereInput;

export async function rolloutGoesOn({ db }: Pick<Engine, 'db'>, deploymentId: string): Promise<boolean> {
  return (await db.deployment.count({ where: { id: deploymentId, ...goesOn } })) > 0;
}
