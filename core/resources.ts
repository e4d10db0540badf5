/** The three pooled resources. RAM in bytes, CPU in thousandths of a core, bandwidth in bytes a month. */
export type Resources = {
  readonly memoryBytes: number;
  readonly cpuMillicores: number;
  readonly bandwidthBytesPerMonth: number;
};

export type ResourceName = keyof Resources;

export const resourceNames = ['memoryBytes', 'cpuMillicores', 'bandwidthBytesPerMonth'] as const;

export const KiB = 1024;
export const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;

export const noResources: Resources = { memoryBytes: 0, cpuMillicores: 0, bandwidthBytesPerMonth: 0 };

export function mapResources(of: (name: ResourceName) => number): Resources {
  return {
    memoryBytes: of('memoryBytes'),
    cpuMillicores: of('cpuMillicores'),
    bandwidthBytesPerMonth: of('bandwidthBytesPerMonth'),
  };
}

export function sumResources(all: Iterable<Resources>): Resources {
  let sum = noResources;
  for (const one of all) {
    const before = sum;
    sum = mapResources((name) => before[name] + one[name]);
  }
  return sum;
}

/** `512 MiB`, `1.5 cores`, `100 GiB a month`. */
export function describeResource(name: ResourceName, amount: number): string {
  if (name === 'cpuMillicores') return `${amount / 1000} ${amount === 1000 ? 'core' : 'cores'}`;
  const size = describeBytes(amount);
  return name === 'memoryBytes' ? size : `${size} a month`;
}

export function describeBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${Number(amount.toFixed(2))} ${units[unit]}`;
}
