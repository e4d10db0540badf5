import { activeStatuses } from '@apployd/core/deployment';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import type { Run } from './run.js';

/**
 * Whether this claim is still the newest and the deployment not over. Locks the row for the rest of the transaction:
 * what is done in it cannot overlap with what a successor does.
 */
export async function isStillOurs(
  tx: Transaction,
  { deployment, fence }: Pick<Run, 'deployment' | 'fence'>,
): Promise<boolean> {
  const { count } = await tx.deployment.updateMany({
    where: { id: deployment.id, fence, status: { in: [...activeStatuses] } },
    data: { fence },
  });
  return count === 1;
}

/** The same question outside a transaction. When it cannot be answered the answer is no: nothing is taken back on a guess. */
export async function mayTakeBack(engine: Engine, run: Run): Promise<boolean> {
  return isStillOurs(engine.db, run).catch((err: unknown) => {
    engine.log.error(
      { err, deploymentId: run.deployment.id },
      'cannot tell whose deployment it is; reconcile cleans up',
    );
    return false;
  });
}
