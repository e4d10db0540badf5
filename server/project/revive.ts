import { withoutCrashes } from '@apployd/core/crash';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';

/**
 * What was live before in these projects is to run again, but for what somebody had stopped; the environments, which the
 * engine is to be asked for.
 */
export async function revive(tx: Transaction, projectIds: readonly string[]): Promise<string[]> {
  const where: Prisma.EnvironmentWhereInput = {
    projectId: { in: [...projectIds] },
    desiredState: 'STOPPED',
    stoppedByHand: false,
    deletesAt: null,
    liveDeploymentId: { not: null },
    project: { organization: { suspendedAt: null } },
  };
  const environments = await tx.environment.findMany({ where, select: { id: true } });
  await tx.environment.updateMany({ where, data: { desiredState: 'RUNNING', ...withoutCrashes } });
  return environments.map(({ id }) => id);
}
