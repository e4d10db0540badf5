import { newId } from '@apployd/core/id';
import { poolViolations } from '@apployd/core/pool-rules';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Resources } from '@apployd/core/resources';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { Prisma } from '@apployd/prisma/generated/client/client';
import { z } from 'zod';
import { perform } from '../access/perform.js';
import { divisionOf } from '../allocation/limits.js';
import { limitColumns, lockPool, type LockedPool } from '../allocation/pool.js';
import { refuseSuspended } from '../billing/refuse-suspended.js';
import type { Context } from '../context.js';
import { stoppedByHand } from '../environment/stopped-by-hand.js';
import { wake } from '../wake.js';
import { lookUpProject } from './look-up.js';
import { requireRoomForProject } from './require-room.js';
import { revive } from './revive.js';

export type ProjectRestoreInput = { readonly projectId: string; readonly idempotencyKey?: string | null };

const amount = z.number().int().min(0);
const slice = z.object({ memoryBytes: amount, cpuMillicores: amount, bandwidthBytesPerMonth: amount });

/** Brings back a project that waits for its erasing: with its slice, and what ran before, where the pool still has room. */
export async function restoreProject(context: Context, input: ProjectRestoreInput) {
  const project = await lookUpProject(context, input.projectId);
  const { id, organizationId } = project;
  const on = { organizationId, projectId: id };
  const act = { mutation: 'projectRestore', action: 'project:restore', on, input } as const;
  const { environmentIds, ...made } = await perform(context, act, async (tx) => {
    const pool = await lockPool(tx, organizationId);
    await refuseSuspended(tx, organizationId);
    const { deletesAt, slice: former } = await lockDeleting(tx, id);
    await requireRoomForProject(tx, organizationId, pool.plan);
    const restored = await restore(tx, pool, project, former);
    const audit = {
      target: input.projectId,
      before: { deletesAt: deletesAt.toISOString() },
      after: { deletesAt: null, sliceRestored: restored.sliceRestored },
    };
    return { result: { projectId: id, organizationId, ...restored }, audit };
  });
  for (const environmentId of environmentIds) context.events.publish('environment', environmentId);
  context.events.publish('project', id);
  context.events.publish('organization', organizationId);
  await wake(context, 'bring-back', environmentIds);
  return made;
}

/** When it was to be erased, and its former slice. */
type Deleted = { readonly deletesAt: Date; readonly slice: Resources | null };

/** Judged by the database's clock, as the erasing is, with the row locked: one of the two has it. */
async function lockDeleting(tx: Transaction, id: string): Promise<Deleted> {
  const [row] = await tx.$queryRaw<{ deletesAt: Date | null; isOver: boolean | null; slice: unknown }[]>`
    SELECT "deletesAt", "deletesAt" <= clock_timestamp() AS "isOver", "sliceWhenDeleted" AS "slice"
    FROM "Project" WHERE "id" = ${id}::uuid FOR UPDATE`;
  if (!row?.deletesAt) throw new InvalidStateError('This project is not deleted.', 'ACTIVE', ['DELETING']);
  if (row.isOver) {
    throw new InvalidStateError('The time to restore this project is over: it is being erased.', 'ERASING', [
      'DELETING',
    ]);
  }
  return { deletesAt: row.deletesAt, slice: slice.nullable().parse(row.slice) };
}

type Restoring = { readonly id: string; readonly organizationId: string; readonly actorId: string };

async function restore(tx: Transaction, pool: LockedPool, project: Restoring, former: Resources | null) {
  const { id, organizationId, actorId } = project;
  const sliceRestored = former !== null && isRoomFor(pool, id, former);
  const data = { deletesAt: null, sliceWhenDeleted: Prisma.DbNull, version: { increment: 1 } };
  await tx.project.update({ where: { id }, data });
  if (former && sliceRestored) {
    const columns = { ...limitColumns(former), updatedById: actorId };
    await tx.allocation.create({ data: { id: newId(), organizationId, projectId: id, ...columns } });
    await tx.organization.update({ where: { id: organizationId }, data: { poolVersion: { increment: 1 } } });
  }
  const stateReason = sliceRestored ? null : 'The project has no slice of the pool: give it one with allocationsSet.';
  await tx.environment.updateMany({ where: { projectId: id, deletesAt: null }, data: { stateReason } });
  if (sliceRestored)
    await tx.environment.updateMany({
      where: { projectId: id, deletesAt: null, stoppedByHand: true },
      data: stoppedByHand,
    });
  const environmentIds = sliceRestored ? await revive(tx, [id]) : [];
  await appendEvent(tx, {
    organizationId,
    streamId: id,
    kind: 'PROJECT',
    type: 'project.restored',
    subjectId: id,
    actorId,
    data: { sliceRestored },
  });
  return { sliceRestored, environmentIds };
}

function isRoomFor(pool: LockedPool, projectId: string, limits: Resources): boolean {
  const division = divisionOf(pool);
  return poolViolations({ ...division, slices: [...division.slices, { projectId, limits }] }).length === 0;
}
