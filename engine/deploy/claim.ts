import { activeStatuses } from '@apployd/core/deployment';
import { buildLogOf } from '@apployd/core/log-line';
import { logWriter } from '@apployd/backplane/logs/write-log';
import type { Engine } from '../engine.js';
import { noVariables, openVariables, type OpenVariables } from '../variable/open-variables.js';
import { variablesOf } from '../variable/variables-of.js';
import { runInclude, type Run, type RunRow } from './run.js';

/** Takes the deployment for the holder of this fencing number; null when it is over or a newer holder has it. */
export async function claim(engine: Engine, id: string, fence: bigint): Promise<Run | null> {
  const deployment = await claimRow(engine, id, fence, { leavesQueue: true });
  if (!deployment) return null;
  const versioned = variablesOf(deployment, deployment.environment);
  return runOf(engine, deployment, fence, await openVariables(engine, versioned, deployment.release?.variablesVersion));
}

/** The same for ending it: without its variables, which may be just what cannot be had. */
export async function claimToEnd(engine: Engine, id: string, fence: bigint): Promise<Run | null> {
  const deployment = await claimRow(engine, id, fence, { leavesQueue: false });
  return deployment && runOf(engine, deployment, fence, noVariables);
}

/**
 * It keeps the variables of its first claim: for a later try, and for an instance that is brought back one day. The wait in the
 * queue ends with the first claim that goes on with it.
 */
async function claimRow(
  { db, clock, settings }: Engine,
  id: string,
  fence: bigint,
  { leavesQueue }: { readonly leavesQueue: boolean },
): Promise<RunRow | null> {
  const startedAt = leavesQueue ? clock.now() : null;
  const claimed = await db.$queryRaw<unknown[]>`
    WITH claimed AS (
      UPDATE "Deployment" AS deployment SET "fence" = ${fence}, "serverId" = ${settings.serverId}::uuid,
        "variablesVersion" = coalesce(deployment."variablesVersion", environment."variablesVersion"),
        "startedAt" = coalesce(deployment."startedAt", ${startedAt})
      FROM "Environment" AS environment
      WHERE deployment."id" = ${id}::uuid AND environment."id" = deployment."environmentId"
        AND deployment."status" = ANY(${[...activeStatuses]}::"DeploymentStatus"[]) AND deployment."fence" < ${fence}
      RETURNING deployment."id"),
    queue AS (
      UPDATE "DeploymentStep" AS step SET "finishedAt" = ${startedAt}, "result" = 'SUCCEEDED'
      FROM claimed WHERE ${leavesQueue} AND step."deploymentId" = claimed."id" AND step."name" = 'QUEUE' AND step."finishedAt" IS NULL)
    SELECT "id" FROM claimed`;
  if (claimed.length === 0) return null;
  return db.deployment.findUniqueOrThrow({ where: { id }, include: runInclude });
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
