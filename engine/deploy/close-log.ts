import { isFinal } from '@apployd/core/deployment';
import { buildLogOf } from '@apployd/core/log-line';
import type { Engine } from '../engine.js';
import type { Run } from './run.js';

/** Stores what was written, and ends the build log once the deployment is over. What fails here is mended by reconcile. */
export async function closeLog(engine: Engine, { deployment, log }: Run): Promise<void> {
  try {
    await log.close();
    const row = await engine.db.deployment.findUnique({ where: { id: deployment.id }, select: { status: true } });
    if (row && isFinal(row.status)) await engine.logs.end(buildLogOf(deployment.id), deployment.organizationId);
  } catch (err) {
    engine.log.error({ err, deploymentId: deployment.id }, 'could not close the build log');
  }
}
