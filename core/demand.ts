import { leastSlice } from './allocation.js';
import { MiB, type Resources } from './resources.js';

/** What one instance may use. */
export type InstanceLimits = { readonly memoryBytes: number; readonly cpuMillicores: number };

/** Instances that are to run, and what was chosen for each of them; null: an equal share of what their slice has left. */
export type Demand = {
  readonly instances: number;
  readonly memoryBytes: number | null;
  readonly cpuMillicores: number | null;
};

/** How many instances of a process may be asked for. */
export const mostInstances = 20;

/** The resources that instances share; bandwidth is the project's as a whole. */
export const instanceResources = ['memoryBytes', 'cpuMillicores'] as const satisfies readonly (keyof InstanceLimits)[];

/** The least that all these instances need together: what was chosen, and for the others what an instance cannot do without. */
export function leastNeed(demands: readonly Demand[], resource: keyof InstanceLimits): number {
  return demands.reduce((sum, demand) => sum + demand.instances * (demand[resource] ?? leastSlice[resource]), 0);
}

/** The limits of each of the demand's instances, beside all the demands on the same slice, its own among them. */
export function limitsIn(slice: Resources, demands: readonly Demand[], demand: Demand): InstanceLimits {
  const memoryBytes = demand.memoryBytes ?? shareOf(slice, demands, 'memoryBytes');
  const cpuMillicores = demand.cpuMillicores ?? shareOf(slice, demands, 'cpuMillicores');
  return { memoryBytes, cpuMillicores };
}

/** What those without limits of their own get each. */
function shareOf(slice: Resources, demands: readonly Demand[], resource: keyof InstanceLimits): number {
  const chosen = demands.filter((demand) => demand[resource] !== null);
  const sharing = demands.filter((demand) => demand[resource] === null);
  const left = Math.max(0, slice[resource] - leastNeed(chosen, resource));
  const share = Math.floor(left / sharing.reduce((sum, { instances }) => sum + instances, 0));
  return resource === 'memoryBytes' ? share - (share % MiB) : share;
}
