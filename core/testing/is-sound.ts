import { limitsIn } from '../demand.js';
import { MiB, resourceNames } from '../resources.js';
import type { PoolModel } from './pool-model.js';

/** The promise itself, counted without the product's arithmetic. */
export function isSound({ pool: total, projects }: PoolModel): boolean {
  const taken = { memoryBytes: 0, cpuMillicores: 0, bandwidthBytesPerMonth: 0 };
  for (const { slice, demand, deleted } of projects) {
    if (!slice) continue;
    if (deleted) return false;
    for (const name of resourceNames) {
      if (slice[name] * 2 > total[name]) return false;
      taken[name] += slice[name];
    }
    const { memoryBytes, cpuMillicores } = limitsIn(slice, [demand], demand);
    if (memoryBytes < 64 * MiB || cpuMillicores < 50 || memoryBytes % MiB !== 0) return false;
    if (memoryBytes * demand.instances > slice.memoryBytes) return false;
    if (cpuMillicores * demand.instances > slice.cpuMillicores) return false;
  }
  return resourceNames.every((name) => taken[name] <= total[name]);
}
