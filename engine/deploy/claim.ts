import { activeStatuses } from '@apployd/core/deployment';
import { buildLogOf } from '@apployd/core/log-line';
import { logWriter } from '@apployd/backplane/logs/write-log';
import type { Engine } from '../engine.js';
import { noVariables, openVariables, type OpenVariables } from '../variable/open-variables.js';
import { variablesOf } from '../variable/variables-of.js';
import { runInclude, type Run, type RunRow } from './run.js';

/** Takes the deployment for the holder of this fencing number; null when it is over or a newer holder has it. */
export async function claim(engine: Engine, id: string, fence: bigint): Promise<Run | null> {
  const deployment = await claimRow(engine, id, fence);
  if (!deployment) return null;
  await leaveQueue(engine, deployment);
  const versioned = variablesOf(deployment, deployment.environment);
  return runOf(engine, deployment, fence, await openVariables(engine, versioned, deployment.release?.variablesVersion));
}

/** The same for ending it: without its variables, which may be just what cannot be had. */
export async function claimToEnd(engine: Engine, id: string, fence: bigint): Promise<Run | null> {
  const deployment = await claimRow(engine, id, fence);
  return deployment && runOf(engine, deployment, fence, noVariables);
}

async function claimRow(engine: Engine, id: string, fence: bigint): Promise<RunRow | null> {
  const { count } = await engine.db.deployment.updateMany({
    where: { id, status: { in: [...activeStatuses] }, fence: { lt: fence } },
    data: { fence, serverId: engine.settings.serverId },
  });
  if (count === 0) return null;
  await settleVariables(engine, id);
  return engine.db.deployment.findUniqueOrThrow({ where: { id }, include: runInclude });
}

function runOf(engine: Engine, deployment: RunRow, fence: bigint, variables: OpenVariables): Run {
  const log = logWriter(engine.logs, {
    stream: buildLogOf(deployment.id),
    organizationId: deployment.organizationId,
    deploymentId: deployment.id,
    mask: variables.masked,
    onError: (err) => engine.log.error({ err, deploymentId: deployment.id }, 'build log lines were lost'),
  });
  return { deployment, fence, log, variables };
}

/** It keeps the variables of its first claim: for a later try, and for an instance that is brought back one day. */
async function settleVariables({ db }: Engine, id: string): Promise<void> {
  await db.$executeRaw`
    UPDATE "Deployment" AS deployment SET "variablesVersion" = environment."variablesVersion"
    FROM "Environment" AS environment
    WHERE deployment."id" = ${id}::uuid AND environment."id" = deployment."environmentId"
      AND deployment."variablesVersion" IS NULL`;
}

/** The wait ends with the first claim. */
async function leaveQueue(engine: Engine, { id, startedAt }: RunRow): Promise<void> {
  if (startedAt) return;
  const now = engine.clock.now();
  await engine.db.$transaction([
    engine.db.deployment.updateMany({ where: { id, startedAt: null }, data: { startedAt: now } }),
    engine.db.deploymentStep.updateMany({
      where: { deploymentId: id, name: 'QUEUE', finishedAt: null },
      data: { finishedAt: now, result: 'SUCCEEDED' },
    }),
  ]);
}
