import { publicId } from '@apployd/core/id';
import type { FieldIssue } from '@apployd/core/refusal';
import type { Resources } from '@apployd/core/resources';
import { appendEvent, appendEventToEach } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { revive } from '../project/revive.js';
import { checkInput } from '../validation.js';
import { wake } from '../wake.js';
import { divide, type Change, type Divided } from './divide.js';
import { resizesOf, writeFittings } from './fit-instances.js';
import { limitIssues } from './limits.js';
import { limitsOf, poolOf, poolSelection, type Pool } from './pool.js';

export type AllocationsSetInput = {
  readonly organizationId: string;
  readonly changes: readonly { readonly projectId: string; readonly limits?: Resources | null }[];
  readonly expectedPoolVersion?: number | null;
  readonly dryRun?: boolean | null;
  readonly idempotencyKey?: string | null;
};

const mostChanges = 50;

/** Divides the pool anew: all changes or none, in any order, since only the outcome must hold. */
export async function setAllocations(context: Context, input: AllocationsSetInput) {
  checkInput(issuesOf(input));
  const viewer = signedIn(context);
  const id = requireId('Organization', input.organizationId);
  const row = await context.db.organization.findFirst({
    where: { id, ...viewer.sees.Organization },
    select: { id: true },
  });
  const organizationId = found('Organization', input.organizationId, row).id;
  const changes = input.changes.map(({ projectId, limits }) => ({
    projectId: requireId('Project', projectId),
    limits: limits ?? null,
  }));
  const actorId = viewer.userId;
  const wanted = { organizationId, actorId, changes, expected: input.expectedPoolVersion ?? null };
  if (input.dryRun) {
    await viewer.require('allocation:set', { organizationId });
    const { after, fittings } = await context.db.$transaction((tx) => divide(tx, wanted));
    return { ...outcome(after, changes), resizes: resizesOf(fittings), applied: false, replayed: false };
  }
  const act = { mutation: 'allocationsSet', action: 'allocation:set', on: { organizationId }, input } as const;
  const { resizes, revived, replayed } = await perform(context, act, async (tx) => {
    const division = await divide(tx, wanted);
    const result = { resizes: resizesOf(division.fittings), revived: await write(tx, division, wanted) };
    return { result, audit: auditOf(input.organizationId, division, changes) };
  });
  const resized = resizes.map(({ environmentId }) => environmentId);
  tell(context, organizationId, [...resized, ...revived]);
  await wake(context, 'resize', resized);
  await wake(context, 'bring-back', revived);
  return { ...outcome(await poolNow(context, organizationId), changes), resizes, applied: true, replayed };
}

async function poolNow({ db }: Context, id: string): Promise<Pool> {
  return poolOf(await db.organization.findUniqueOrThrow({ where: { id }, select: poolSelection }));
}

function outcome(pool: Pool, changes: readonly Change[]) {
  const changed = new Set(changes.map(({ projectId }) => projectId));
  return { pool, allocations: pool.allocations.filter(({ projectId }) => changed.has(projectId)) };
}

function auditOf(target: string, { before, after }: Divided, changes: readonly Change[]) {
  const slices = (pool: Pool) =>
    Object.fromEntries(
      outcome(pool, changes).allocations.map((own) => [publicId('Project', own.projectId), { ...limitsOf(own) }]),
    );
  return {
    target,
    before: { poolVersion: before.version, slices: slices(before) },
    after: { poolVersion: after.version, slices: slices(after) },
  };
}

type Writer = { readonly organizationId: string; readonly actorId: string; readonly changes: readonly Change[] };

/** Keeps the new division; the environments that can run again since their project has a slice again. */
async function write(tx: Transaction, { before, after, fittings }: Divided, writer: Writer): Promise<string[]> {
  const { organizationId, actorId, changes } = writer;
  const ids = changes.map(({ projectId }) => projectId);
  await tx.organization.update({ where: { id: organizationId }, data: { poolVersion: after.version } });
  await tx.allocation.deleteMany({ where: { projectId: { in: ids } } });
  await tx.allocation.createMany({ data: outcome(after, changes).allocations });
  await writeFittings(tx, fittings);
  const had = new Set(before.allocations.map(({ projectId }) => projectId));
  const revived = await revive(
    tx,
    changes.filter(({ projectId, limits }) => limits && !had.has(projectId)).map(({ projectId }) => projectId),
  );
  await appendEvent(tx, {
    organizationId,
    streamId: organizationId,
    kind: 'ORGANIZATION',
    type: 'allocations.set',
    subjectId: organizationId,
    actorId,
    data: { projects: ids.map((id) => publicId('Project', id)), poolVersion: after.version },
  });
  await appendEventToEach(
    tx,
    { kind: 'PROJECT', type: 'allocation.changed', actorId },
    changes.map(({ projectId, limits }) => ({
      ...{ organizationId, streamId: projectId, subjectId: projectId, data: { limits: limits && { ...limits } } },
    })),
  );
  return revived;
}

function tell({ events }: Context, organizationId: string, environmentIds: readonly string[]): void {
  events.publish('organization', organizationId);
  for (const id of environmentIds) events.publish('environment', id);
}

function issuesOf({ changes }: AllocationsSetInput): FieldIssue[] {
  if (changes.length < 1 || changes.length > mostChanges) {
    return [{ path: ['changes'], rule: 'OUT_OF_RANGE', message: `Give 1 to ${mostChanges} changes.` }];
  }
  return changes.flatMap(({ projectId, limits }, index) => [
    ...(changes.findIndex((other) => other.projectId === projectId) < index
      ? [
          {
            path: ['changes', String(index), 'projectId'],
            rule: 'DUPLICATE',
            message: 'Each project may be named once.',
          },
        ]
      : []),
    ...(limits ? limitIssues(['changes', String(index), 'limits'], limits) : []),
  ]);
}
