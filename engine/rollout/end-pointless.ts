import { publicId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { changeRollout, decideRollout, type RolloutRef } from './decide.js';

const most = 500;

/** A newer deployment, and who asked for it. */
type Newer = { readonly newerId: string; readonly actorId: string | null };
type Pointless = RolloutRef & (Newer | { readonly newerId: null });

/**
 * Ends rollouts that lead nowhere any more: a newer deployment waits behind it, or what is live is not to run. The server
 * ends those that it sees; one that had not begun by then it does not see.
 */
export async function endPointlessRollouts(engine: Engine, signal: AbortSignal): Promise<void> {
  for (const row of await pointless(engine)) {
    if (signal.aborted) return;
    await end(engine, row).catch((err: unknown) =>
      engine.log.error({ err, deploymentId: row.deploymentId }, 'could not end a rollout; trying again later'),
    );
  }
}

function pointless({ db }: Engine): Promise<readonly Pointless[]> {
  return db.$queryRaw<Pointless[]>`
    SELECT one."id" AS "deploymentId", one."environmentId", newer."id" AS "newerId", newer."createdById" AS "actorId"
    FROM "Rollout" AS rollout
    JOIN "Deployment" AS one ON one."id" = rollout."deploymentId"
    JOIN "Environment" AS environment ON environment."id" = one."environmentId"
    LEFT JOIN LATERAL (
      SELECT other."id", other."createdById" FROM "Deployment" AS other
      WHERE other."environmentId" = one."environmentId" AND other."number" > one."number"
        AND other."status" IN ('QUEUED', 'BUILDING', 'DEPLOYING')
        AND other."cancelRequestedAt" IS NULL AND other."supersededById" IS NULL
      ORDER BY other."number" DESC LIMIT 1) AS newer ON true
    WHERE rollout."verdict" IS NULL AND one."status" = 'DEPLOYING'
      AND one."cancelRequestedAt" IS NULL AND one."supersededById" IS NULL
      AND (newer."id" IS NOT NULL OR environment."desiredState" <> 'RUNNING')
    ORDER BY one."id" LIMIT ${most}`;
}

async function end(engine: Engine, row: Pointless): Promise<void> {
  if (row.newerId !== null) return supersede(engine, row, row);
  const sentence = 'The former release is not to run any more: there is nothing to compare the new one with.';
  await decideRollout(engine, row, { verdict: 'ABORTED', reason: 'NOT_RUNNING', sentence });
}

async function supersede(engine: Engine, on: RolloutRef, newer: Newer): Promise<void> {
  const { deploymentId: id } = on;
  const ask = async (tx: Transaction) => {
    await tx.deployment.update({ where: { id }, data: { supersededById: newer.newerId } });
    return true;
  };
  if (await changeRollout(engine, on, ask, (tx) => tellOfIt(tx, id, newer))) await engine.jobs.ask('deploy', id);
}

async function tellOfIt(tx: Transaction, id: string, { newerId, actorId }: Newer): Promise<void> {
  const select = { organizationId: true, projectId: true, environmentId: true } as const;
  const { organizationId, projectId, environmentId } = await tx.deployment.findUniqueOrThrow({ where: { id }, select });
  await appendEvent(tx, {
    ...{ organizationId, streamId: projectId, kind: 'PROJECT', subjectId: id, actorId },
    type: 'deployment.supersede_requested',
    data: { environmentId: publicId('Environment', environmentId), supersededBy: publicId('Deployment', newerId) },
  });
}
