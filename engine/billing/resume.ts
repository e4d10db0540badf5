import { withoutCrashes } from '@apployd/core/crash';
import { record } from './record.js';
import type { Scene } from './scene.js';

/** All that ran before, but for what somebody had stopped, or has no slice of the pool. */
export async function resume({ tx, organization, deeds }: Pick<Scene, 'tx' | 'organization' | 'deeds'>): Promise<void> {
  const { id } = organization;
  await tx.organization.update({ where: { id }, data: { suspendedAt: null } });
  const started = await tx.environment.updateManyAndReturn({
    where: {
      organizationId: id,
      desiredState: 'STOPPED',
      stoppedByHand: false,
      deletesAt: null,
      liveDeploymentId: { not: null },
      project: { deletesAt: null, allocation: { isNot: null } },
    },
    data: { desiredState: 'RUNNING', stateReason: null, ...withoutCrashes },
    select: { id: true },
  });
  deeds.start.push(...started.map((environment) => environment.id));
  await record(tx, organization, 'organization.resumed', { after: { suspendedAt: null } });
}
