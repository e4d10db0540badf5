import { restorableHours } from '@apployd/core/project';
import { ValidationError } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import { limitsOf, lockPool, type LockedPool } from '../allocation/pool.js';
import type { Context } from '../context.js';
import { cancelAll } from '../deployment/cancel-all.js';
import { wake } from '../wake.js';
import { lookUpProject } from './look-up.js';
import { lockActive } from './require-active.js';

export type ProjectDeleteInput = {
  readonly projectId: string;
  readonly confirmSlug: string;
  readonly idempotencyKey?: string | null;
};

/** Stops a project at once and frees its slice; it is erased once it can be restored no more. */
export async function deleteProject(context: Context, input: ProjectDeleteInput) {
  const project = await lookUpProject(context, input.projectId);
  const { id, organizationId } = project;
  const on = { organizationId, projectId: id };
  const act = { mutation: 'projectDelete', action: 'project:delete', on, input } as const;
  const { environmentIds, deploymentIds, ...made } = await perform(context, act, async (tx) => {
    const pool = await lockPool(tx, organizationId);
    await lockActive(tx, id);
    await requireConfirmed(tx, input, id);
    const deletesAt = await mark(tx, pool, id);
    const stopped = await stopAll(tx, project);
    const audit = {
      target: input.projectId,
      before: { slug: input.confirmSlug, deletesAt: null },
      after: { deletesAt: deletesAt.toISOString() },
    };
    return { result: { projectId: id, organizationId, ...stopped }, audit };
  });
  for (const deploymentId of deploymentIds) context.events.publish('deployment', deploymentId);
  for (const environmentId of environmentIds) context.events.publish('environment', environmentId);
  context.events.publish('project', id);
  context.events.publish('organization', organizationId);
  await wake(context, 'stop', environmentIds);
  return made;
}

async function requireConfirmed(tx: Transaction, { confirmSlug }: ProjectDeleteInput, id: string): Promise<void> {
  const { slug } = await tx.project.findUniqueOrThrow({ where: { id }, select: { slug: true } });
  if (confirmSlug === slug) return;
  const message = "confirmSlug must be the project's slug, letter for letter.";
  throw new ValidationError([{ path: ['confirmSlug'], rule: 'MISMATCH', message }]);
}

/** What it held is noted for the day that it is restored, and others may have it. */
async function mark(tx: Transaction, pool: LockedPool, id: string): Promise<Date> {
  const slice = pool.allocations.find(({ projectId }) => projectId === id);
  const deletesAt = new Date(Date.now() + restorableHours * 60 * 60_000);
  const sliceWhenDeleted = slice ? limitsOf(slice) : Prisma.DbNull;
  await tx.project.update({ where: { id }, data: { deletesAt, sliceWhenDeleted, version: { increment: 1 } } });
  if (slice) {
    await tx.allocation.delete({ where: { id: slice.id } });
    const where = { id: slice.organizationId };
    await tx.organization.update({ where, data: { poolVersion: { increment: 1 } } });
  }
  return deletesAt;
}

type Deleting = { readonly id: string; readonly organizationId: string; readonly actorId: string };

/** Nothing of it is to run: environments stop, what waits is CANCELED, what is at work is asked to end. */
async function stopAll(tx: Transaction, { id: projectId, organizationId, actorId }: Deleting) {
  const environments = await tx.environment.findMany({ where: { projectId }, select: { id: true } });
  const stateReason = 'The project is being deleted.';
  await tx.environment.updateMany({
    where: { projectId, deletesAt: null },
    data: { desiredState: 'STOPPED', stateReason },
  });
  const deploymentIds = await cancelAll(tx, { organizationId, projectId, actorId });
  const event = { organizationId, streamId: projectId, kind: 'PROJECT', actorId } as const;
  await appendEvent(tx, { ...event, type: 'project.deleted', subjectId: projectId });
  return {
    environmentIds: environments.map(({ id }) => id),
    deploymentIds,
  };
}
