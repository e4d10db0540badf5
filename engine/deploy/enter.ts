import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { isFinal, precursors, type DeploymentStatus } from '@apployd/core/deployment';
import { publicId } from '@apployd/core/id';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import type { Transaction } from '@apployd/prisma/create-db';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Engine } from '../engine.js';
import { endRollout } from '../rollout/end.js';
import { endAsked, Overtaken, type Run } from './run.js';

type Changes = Omit<Prisma.DeploymentUncheckedUpdateManyInput, 'status'>;

/** Moves the deployment on, with its event, and tells whoever watches. */
export async function enter(engine: Engine, run: Run, status: DeploymentStatus, changes: Changes = {}): Promise<void> {
  await transactAndTell(engine, (tx) => move(tx, run, status, changes));
  engine.events.publish('deployment', run.deployment.id);
}

/**
 * The compare-and-swap behind every change of status: only from what it may follow, and only by the newest claim.
 * A deployment that is asked to end can become nothing but CANCELED, SUPERSEDED or FAILED.
 */
export async function move(tx: Transaction, run: Run, status: DeploymentStatus, changes: Changes): Promise<void> {
  const { id } = run.deployment;
  const goesOn = status === 'BUILDING' || status === 'DEPLOYING' || status === 'READY';
  const { count } = await tx.deployment.updateMany({
    where: { id, status: { in: precursors(status) }, fence: run.fence, ...(goesOn ? notAskedToEnd : {}) },
    data: { ...changes, status },
  });
  if (count === 0) throw await whyNot(tx, run, status);
  if (isFinal(status)) {
    await endSteps(tx, id, status);
    await endRollout(tx, id, status);
  }
  await appendEvent(tx, {
    organizationId: run.deployment.organizationId,
    streamId: run.deployment.projectId,
    kind: 'PROJECT',
    type: `deployment.${status.toLowerCase()}`,
    subjectId: id,
    actorId: null,
    data: {
      number: run.deployment.number,
      environmentId: publicId('Environment', run.deployment.environmentId),
      ...(status === 'FAILED' ? await whyFailed(tx, id) : {}),
    },
  });
}

async function whyFailed(tx: Transaction, id: string) {
  const select = { failureCode: true, failureMessage: true };
  const { failureCode, failureMessage } = await tx.deployment.findUniqueOrThrow({ where: { id }, select });
  return { code: failureCode, reason: failureMessage };
}

const notAskedToEnd = { cancelRequestedAt: null, supersededById: null } as const;

/** The stage in which it ended is over too, for the same reason; so is what nobody came to try again. */
async function endSteps(tx: Transaction, deploymentId: string, status: DeploymentStatus): Promise<void> {
  await tx.$executeRaw`
    UPDATE "DeploymentStep" AS step SET "finishedAt" = coalesce(step."finishedAt", ${new Date()}),
      "result" = ${status === 'READY' ? 'SUCCEEDED' : status}::"DeploymentStageResult",
      "reasonCode" = deployment."failureCode", "reason" = deployment."failureMessage"
    FROM "Deployment" AS deployment WHERE deployment."id" = step."deploymentId"
      AND step."deploymentId" = ${deploymentId}::uuid AND (step."finishedAt" IS NULL OR step."result" = 'INTERRUPTED')`;
}

/**
 * Somebody else has it, it is over, or it is asked to end. None of these: a fault of ours, which is tried again a few times
 * and then ends it, where stopping quietly would have it asked for without end.
 */
async function whyNot(tx: Transaction, run: Run, wanted: DeploymentStatus): Promise<Error> {
  const now = await tx.deployment.findUnique({
    where: { id: run.deployment.id },
    select: { fence: true, status: true, cancelRequestedAt: true, supersededById: true },
  });
  if (!now || now.fence !== run.fence || isFinal(now.status)) return new Overtaken(run.deployment.id);
  return endAsked(now) ?? new Error(`A deployment that is ${now.status} cannot become ${wanted}.`);
}
