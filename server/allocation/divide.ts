import { largestFit } from '@apployd/core/allocation';
import { newId, publicId } from '@apployd/core/id';
import { ConflictError, NotFoundError } from '@apployd/core/refusal';
import { sumResources, type Resources } from '@apployd/core/resources';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Allocation } from '@apployd/prisma/generated/client/client';
import { requireActive } from '../project/require-active.js';
import { fitInto, type Fitting } from './fit-instances.js';
import { divisionOf, refuseBroken } from './limits.js';
import { limitColumns, limitsOf, lockPool, type LockedPool } from './pool.js';

/** A project's new slice; null frees it. */
export type Change = { readonly projectId: string; readonly limits: Resources | null };

type Wanted = {
  readonly organizationId: string;
  readonly actorId: string;
  readonly changes: readonly Change[];
  /** The pool's version that the caller has seen. */
  readonly expected: number | null;
};

export type Divided = {
  readonly before: LockedPool;
  readonly after: LockedPool;
  /** What the instances in the slices are to have. */
  readonly fittings: readonly Fitting[];
};

/** The pool before and after, under its lock, or the refusal that says which rule it would break. */
export async function divide(tx: Transaction, wanted: Wanted): Promise<Divided> {
  const { organizationId, changes } = wanted;
  const before = await lockPool(tx, organizationId);
  requireVersion(before.version, wanted.expected);
  await requireProjects(tx, organizationId, changes);
  const after = divided(before, wanted);
  refuseBroken(divisionOf(after), askedFor(before, changes));
  return { before, after, fittings: changes.flatMap((change) => fittingsOf(after, change)) };
}

export function requireVersion(version: number, expected: number | null | undefined): void {
  if (expected == null || expected === version) return;
  throw new ConflictError('The pool was divided anew since you looked. Look again, then decide.', version);
}

async function requireProjects(tx: Transaction, organizationId: string, changes: readonly Change[]): Promise<void> {
  const ids = changes.map(({ projectId }) => projectId);
  const select = { id: true, deletesAt: true };
  const projects = await tx.project.findMany({ where: { id: { in: ids }, organizationId }, select });
  const known = new Set(projects.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing) throw new NotFoundError('project', publicId('Project', missing));
  projects.forEach(requireActive);
}

/** The pool as it would be. */
function divided(pool: LockedPool, wanted: Wanted): LockedPool {
  const slices = new Map(pool.allocations.map((own) => [own.projectId, own]));
  for (const { projectId, limits } of wanted.changes) {
    if (limits) slices.set(projectId, changedSlice(slices.get(projectId), wanted, projectId, limits));
    else slices.delete(projectId);
  }
  return { ...pool, allocations: [...slices.values()], version: pool.version + 1 };
}

function changedSlice(
  before: Allocation | undefined,
  { organizationId, actorId }: Wanted,
  projectId: string,
  limits: Resources,
): Allocation {
  const now = new Date();
  const kept = before ?? { id: newId(), organizationId, projectId, createdAt: now };
  return { ...kept, ...limitColumns(limits), updatedById: actorId, updatedAt: now };
}

/** What the changed slices would hold together, and the most that they could. */
function askedFor(before: LockedPool, changes: readonly Change[]) {
  const changed = new Set(changes.map(({ projectId }) => projectId));
  const wanted = changes.flatMap(({ limits }) => limits ?? []);
  const others = before.allocations.filter(({ projectId }) => !changed.has(projectId)).map(limitsOf);
  return {
    requested: sumResources(wanted),
    available: largestFit(before.total, others, wanted.length),
  };
}

function fittingsOf({ demands }: LockedPool, { projectId, limits }: Change): Fitting[] {
  if (!limits) return [];
  return fitInto(
    limits,
    demands.filter((demand) => demand.projectId === projectId),
  );
}
