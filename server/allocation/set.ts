import { largestFit } from '@apployd/core/allocation';
import { newId, publicId } from '@apployd/core/id';
import { ConflictError, NotFoundError, type FieldIssue } from '@apployd/core/refusal';
import { sumResources, type Resources } from '@apployd/core/resources';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Allocation } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { checkInput } from '../validation.js';
import { limitIssues, refuseBrokenPool } from './limits.js';
import { limitColumns, limitsOf, lockPool, poolOf, poolSelection, type Pool } from './pool.js';

type Change = { readonly projectId: string; readonly limits?: Resources | null };

export type AllocationsSetInput = {
  readonly organizationId: string;
  readonly changes: readonly Change[];
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
  const division = { organizationId, actorId: viewer.userId, changes, expected: input.expectedPoolVersion ?? null };
  if (input.dryRun) {
    await viewer.require('allocation:set', { organizationId });
    const { after } = await context.db.$transaction((tx) => divide(tx, division));
    return { ...outcome(after, changes), applied: false, replayed: false };
  }
  const act = { mutation: 'allocationsSet', action: 'allocation:set', on: { organizationId }, input } as const;
  const { replayed } = await perform(context, act, async (tx) => {
    const { before, after } = await divide(tx, division);
    await write(tx, { organizationId, actorId: viewer.userId, pool: after, changes });
    const audit = { target: input.organizationId, before: auditOf(before, changes), after: auditOf(after, changes) };
    return { result: { organizationId }, audit };
  });
  context.events.publish('organization', organizationId);
  return { ...outcome(await poolNow(context, organizationId), changes), applied: true, replayed };
}

async function poolNow({ db }: Context, id: string): Promise<Pool> {
  return poolOf(await db.organization.findUniqueOrThrow({ where: { id }, select: poolSelection }));
}

type Division = {
  readonly organizationId: string;
  readonly actorId: string;
  readonly changes: readonly IdentifiedChange[];
  /** The pool's version that the caller has seen. */
  readonly expected: number | null;
};

/** The pool before and after, under its lock, or the refusal that says which rule it would break. */
async function divide(tx: Transaction, { organizationId, actorId, changes, expected }: Division) {
  const before = await lockPool(tx, organizationId);
  checkVersion(before, expected);
  await checkProjects(tx, organizationId, changes);
  const after = divided(before, organizationId, changes, actorId);
  checkPool(before, after, changes);
  return { before, after };
}

function outcome(pool: Pool, changes: readonly IdentifiedChange[]) {
  const changed = new Set(changes.map(({ projectId }) => projectId));
  return { pool, allocations: pool.allocations.filter(({ projectId }) => changed.has(projectId)) };
}

function auditOf(pool: Pool, changes: readonly IdentifiedChange[]) {
  return {
    poolVersion: pool.version,
    slices: Object.fromEntries(
      outcome(pool, changes).allocations.map((own) => [publicId('Project', own.projectId), { ...limitsOf(own) }]),
    ),
  };
}

function checkVersion(pool: Pool, expected: number | null | undefined): void {
  if (expected == null || expected === pool.version) return;
  throw new ConflictError('The pool was divided anew since you looked. Look again, then decide.', pool.version);
}

async function checkProjects(
  tx: Transaction,
  organizationId: string,
  changes: readonly IdentifiedChange[],
): Promise<void> {
  const ids = changes.map(({ projectId }) => projectId);
  const projects = await tx.project.findMany({ where: { id: { in: ids }, organizationId }, select: { id: true } });
  const known = new Set(projects.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing) throw new NotFoundError('project', publicId('Project', missing));
}

type IdentifiedChange = { readonly projectId: string; readonly limits: Resources | null };

/** The pool as it would be. */
function divided(pool: Pool, organizationId: string, changes: readonly IdentifiedChange[], actorId: string): Pool {
  const slices = new Map(pool.allocations.map((own) => [own.projectId, own]));
  for (const { projectId, limits } of changes) {
    if (limits)
      slices.set(projectId, changedSlice(slices.get(projectId), { organizationId, projectId, limits, actorId }));
    else slices.delete(projectId);
  }
  return { ...pool, allocations: [...slices.values()], version: pool.version + 1 };
}

function changedSlice(
  before: Allocation | undefined,
  {
    organizationId,
    projectId,
    limits,
    actorId,
  }: { organizationId: string; projectId: string; limits: Resources; actorId: string },
): Allocation {
  const now = new Date();
  const kept = before ?? { id: newId(), organizationId, projectId, createdAt: now };
  return { ...kept, ...limitColumns(limits), updatedById: actorId, updatedAt: now };
}

function checkPool(before: Pool, after: Pool, changes: readonly IdentifiedChange[]): void {
  const changed = new Set(changes.map(({ projectId }) => projectId));
  const others = before.allocations.filter(({ projectId }) => !changed.has(projectId)).map(limitsOf);
  refuseBrokenPool(
    after.total,
    after.allocations.map((own) => ({ projectId: own.projectId, limits: limitsOf(own) })),
    sumResources(changes.flatMap(({ limits }) => limits ?? [])),
    largestFit(after.total, others),
  );
}

async function write(
  tx: Transaction,
  {
    organizationId,
    actorId,
    pool,
    changes,
  }: { organizationId: string; actorId: string; pool: Pool; changes: readonly IdentifiedChange[] },
): Promise<void> {
  const ids = changes.map(({ projectId }) => projectId);
  await tx.allocation.deleteMany({ where: { projectId: { in: ids } } });
  const rows = pool.allocations.filter(({ projectId }) => ids.includes(projectId));
  await tx.allocation.createMany({ data: rows });
  for (const { projectId, memoryBytes, cpuMillicores } of rows) {
    await tx.process.updateMany({ where: { environment: { projectId } }, data: { memoryBytes, cpuMillicores } });
  }
  await tx.organization.update({ where: { id: organizationId }, data: { poolVersion: pool.version } });
  await appendEvent(tx, {
    organizationId,
    streamId: organizationId,
    kind: 'ORGANIZATION',
    type: 'allocations.set',
    subjectId: organizationId,
    actorId,
    data: { projects: ids.map((id) => publicId('Project', id)), poolVersion: pool.version },
  });
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
