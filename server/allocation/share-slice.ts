import { leastNeed, type Demand } from '@apployd/core/demand';
import { noResources, type Resources } from '@apployd/core/resources';
import type { Transaction } from '@apployd/prisma/create-db';
import { fitInto, resizesOf, writeFittings, type Resize } from './fit-instances.js';
import { divisionOf, refuseBroken } from './limits.js';
import { limitsOf, type LockedPool } from './pool.js';

/** Refuses when what is to run in the project does not fit its slice: with what it needs, and what the slice has. */
export function requireFit(pool: LockedPool, projectId: string): void {
  const own = demandsOfProject(pool, projectId);
  const available = sliceOf(pool, projectId) ?? noResources;
  refuseBroken(divisionOf(pool), { requested: needOf(own, available), available });
}

/**
 * The same for one more environment: with what that one needs, and the most that the others leave for it. Each of its
 * instances may have that divided by their number.
 */
export function requireFitOf(pool: LockedPool, projectId: string, environmentId: string): void {
  const own = demandsOfProject(pool, projectId);
  const isNew = (demand: { readonly environmentId: string }) => demand.environmentId === environmentId;
  const slice = sliceOf(pool, projectId) ?? noResources;
  const taken = needOf(
    own.filter((demand) => !isNew(demand)),
    noResources,
  );
  const available = {
    memoryBytes: Math.max(0, slice.memoryBytes - taken.memoryBytes),
    cpuMillicores: Math.max(0, slice.cpuMillicores - taken.cpuMillicores),
    bandwidthBytesPerMonth: slice.bandwidthBytesPerMonth,
  };
  refuseBroken(divisionOf(pool), { requested: needOf(own.filter(isNew), available), available });
}

/** Keeps what each instance of the project gets of its slice; the environments whose running instances change by that. */
export async function shareSlice(tx: Transaction, pool: LockedPool, projectId: string): Promise<Resize[]> {
  const slice = sliceOf(pool, projectId);
  const fittings = slice ? fitInto(slice, demandsOfProject(pool, projectId)) : [];
  await writeFittings(tx, fittings);
  return resizesOf(fittings);
}

function sliceOf({ allocations }: LockedPool, projectId: string): Resources | null {
  const slice = allocations.find((allocation) => allocation.projectId === projectId);
  return slice ? limitsOf(slice) : null;
}

function demandsOfProject({ demands }: LockedPool, projectId: string) {
  return demands.filter((demand) => demand.projectId === projectId);
}

function needOf(demands: readonly Demand[], { bandwidthBytesPerMonth }: Resources): Resources {
  const memoryBytes = leastNeed(demands, 'memoryBytes');
  return { memoryBytes, cpuMillicores: leastNeed(demands, 'cpuMillicores'), bandwidthBytesPerMonth };
}
