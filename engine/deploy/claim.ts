import { activeStatuses } from '@apployd/core/deployment';
import { buildLogOf } from '@apployd/core/log-line';
import { logWriter } from '@apployd/backplane/logs/write-log';
import type { Engine } from '../engine.js';
import { openVariables } from '../variable/open-variables.js';
import { runInclude, type Run, type RunRow } from './run.js';

/** Takes the deployment for the holder of this fencing number; null when it is over or a newer holder has it. */
export async function claim(engine: Engine, id: string, fence: bigint): Promise<Run | null> {
  const { count } = await engine.db.deployment.updateMany({
    where: { id, status: { in: [...activeStatuses] }, fence: { lt: fence } },
    data: { fence, serverId: engine.settings.serverId },
  });
  if (count === 0) return null;
  const deployment = await engine.db.deployment.findUniqueOrThrow({ where: { id }, include: runInclude });
  await leaveQueue(engine, deployment);
  const variables = openVariables(engine, deployment.environment.variables);
  const log = logWriter(engine.logs, {
    stream: buildLogOf(id),
    organizationId: deployment.organizationId,
    deploymentId: id,
    mask: variables.secretValues,
    onError: (err) => engine.log.error({ err, deploymentId: id }, 'build log lines were lost'),
  });
  return { deployment, fence, log, variables };
}

/** The wait ends with the first claim. */
async function leaveQueue(engine: Engine, { id, startedAt }: RunRow): Promise<void> {
  if (startedAt) return;
  const now = engine.clock.now();
  await engine.db.$transaction([
    engine.db.deployment.updateMany({ where: { id, startedAt: null }, data: { startedAt: now } }),
    engine.db.deploymentStep.updateMany({
      where: { deploymentId: id, name: 'QUEUE', finishedAt: null },
      data: { finishedAt: now },
    }),
  ]);
}
