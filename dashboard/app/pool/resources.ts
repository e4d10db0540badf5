export type Resources = {
  readonly memoryBytes: number;
  readonly cpuMillicores: number;
  readonly bandwidthBytesPerMonth: number;
};
export type ResourceName = keyof Resources;

export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;

const byWhatRuns = { held: 'in use', unheld: 'nothing in use' } as const;

/**
 * How each pooled resource is called, counted and stepped. `unit` is what people type numbers in, `held` what is said of the part
 * of a slice that is in use.
 */
export const resourceKinds = {
  memoryBytes: {
    label: 'Memory',
    lower: 'memory',
    step: 64 * MiB,
    least: 64 * MiB,
    unit: MiB,
    unitName: 'MB',
    format: bytes,
    ...byWhatRuns,
  },
  cpuMillicores: {
    label: 'CPU',
    lower: 'CPU',
    step: 50,
    least: 50,
    unit: 1000,
    unitName: 'vCPU',
    format: cores,
    ...byWhatRuns,
  },
  bandwidthBytesPerMonth: {
    label: 'Bandwidth',
    lower: 'bandwidth',
    step: GiB,
    least: 0,
    unit: GiB,
    unitName: 'GB a month',
    format: bytes,
    held: 'sent this month',
    unheld: 'nothing sent this month',
  },
} as const;

export const resourceNames = Object.keys(resourceKinds) as readonly ResourceName[];

/** `181 MB in use`, `2 GB sent this month`. */
export const heldOf = (name: ResourceName, held: number): string =>
  held > 0 ? `${formatOf(name, held)} ${resourceKinds[name].held}` : resourceKinds[name].unheld;

export const formatOf = (name: ResourceName, amount: number): string => resourceKinds[name].format(amount);

/** `12 KB`, `512 MB`, `1.5 GB`, `1,000 GB`. */
function bytes(amount: number): string {
  if (amount > 0 && amount < MiB) return `${Math.max(1, Math.round(amount / 1024))} KB`;
  if (amount < GiB) return `${Math.round(amount / MiB)} MB`;
  return `${number.format(amount / GiB)} GB`;
}

/** `0.25 vCPU`. */
function cores(amount: number): string {
  return `${number.format(amount / 1000)} vCPU`;
}

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/** What somebody typed, in the resource's unit: `0.25`, `512`, also `1.5g`. Null when it is no amount. */
export function amountOf(name: ResourceName, typed: string): number | null {
  const [, digits, suffix = ''] = /^([\d.,]+)\s*([a-z]*)$/i.exec(typed.trim()) ?? [];
  const value = Number(digits?.replaceAll(',', ''));
  if (digits === undefined || !Number.isFinite(value)) return null;
  if (name === 'cpuMillicores') return Math.round(value * (suffix.toLowerCase() === 'm' ? 1 : 1000));
  const unit = /^g/i.test(suffix) ? GiB : /^m/i.test(suffix) ? MiB : resourceKinds[name].unit;
  return Math.round((value * unit) / MiB) * MiB;
}

/** The number that a field shows, in the resource's unit. */
export const typedOf = (name: ResourceName, amount: number): string =>
  String(+(amount / resourceKinds[name].unit).toFixed(3));

export const mapResources = (of: (name: ResourceName) => number): Resources => ({
  memoryBytes: of('memoryBytes'),
  cpuMillicores: of('cpuMillicores'),
  bandwidthBytesPerMonth: of('bandwidthBytesPerMonth'),
});
