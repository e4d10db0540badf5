import { limitsIn, type InstanceLimits } from '@apployd/core/demand';
import { resizeWay, type ResizeWay } from '@apployd/core/resize';
import type { Resources } from '@apployd/core/resources';
import type { Transaction } from '@apployd/prisma/create-db';
import type { ProcessDemand } from './demands.js';

/** An environment whose running instances are to get other limits, or to be more or fewer, and how. */
export type Resize = { readonly environmentId: string; readonly how: ResizeWay };

/** Limits that the instances of a process are to have from now on. */
export type Fitting = { readonly demand: ProcessDemand; readonly limits: InstanceLimits };

/** What each process in a slice gets: all of the project's demands at once, since they share it. */
export function fitInto(slice: Resources, demands: readonly ProcessDemand[]): Fitting[] {
  return demands.map((demand) => ({ demand, limits: limitsIn(slice, demands, demand) }));
}

/** Those that change something which runs. */
export function resizesOf(fittings: readonly Fitting[]): Resize[] {
  return fittings
    .filter(({ demand, limits }) => demand.isLive && !isSame(demand.limits, limits))
    .map(({ demand, limits }) => ({
      environmentId: demand.environmentId,
      how: resizeWay(demand.runtime, demand.limits, limits),
    }));
}

/** Keeps the limits, with two statements however many there are; the engine makes them so. */
export async function writeFittings(tx: Transaction, fittings: readonly Fitting[]): Promise<void> {
  const changed = fittings.filter(({ demand, limits }) => !isSame(demand.limits, limits));
  if (changed.length === 0) return;
  const processIds = changed.map(({ demand }) => demand.processId);
  const memoryBytes = changed.map(({ limits }) => BigInt(limits.memoryBytes));
  const cpuMillicores = changed.map(({ limits }) => limits.cpuMillicores);
  await tx.$executeRaw`
    UPDATE "Process" SET "memoryBytes" = fitted."memoryBytes", "cpuMillicores" = fitted."cpuMillicores"
    FROM unnest(${processIds}::uuid[], ${memoryBytes}::bigint[], ${cpuMillicores}::int[])
      AS fitted("id", "memoryBytes", "cpuMillicores")
    WHERE "Process"."id" = fitted."id"`;
  const environmentIds = changed.map(({ demand }) => demand.environmentId);
  await tx.environment.updateMany({ where: { id: { in: environmentIds } }, data: { resizeAfter: null } });
}

function isSame(one: InstanceLimits, other: InstanceLimits): boolean {
  return one.memoryBytes === other.memoryBytes && one.cpuMillicores === other.cpuMillicores;
}
