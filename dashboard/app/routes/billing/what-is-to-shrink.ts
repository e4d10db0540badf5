import { formatOf, type ResourceName, type Resources, resourceKinds, resourceNames } from '../../pool/resources.js';

/** What the API says of a plan that is smaller than what the projects hold; the largest holding first. */
export type TooSmall = {
  readonly violations: readonly {
    /** MEMORY, CPU or BANDWIDTH. */
    readonly resource: string;
    /** Null: of all projects together. */
    readonly projectId: string | null;
    readonly requested: number;
    readonly available: number;
  }[];
  readonly holdings: readonly { readonly projectId: string; readonly limits: Resources }[];
};

export type ToShrink = {
  readonly resource: ResourceName;
  /** `3.5 GB memory`, which all are to give up together; null: there is enough for all. */
  readonly together: string | null;
  readonly projects: readonly {
    readonly projectId: string;
    readonly holds: string;
    /** `1 GB`, where one may hold no more than that. */
    readonly most: string | null;
  }[];
};

const called: Readonly<Record<ResourceName, string>> = {
  memoryBytes: 'MEMORY',
  cpuMillicores: 'CPU',
  bandwidthBytesPerMonth: 'BANDWIDTH',
};

/** Of each resource that the plan gives too little of: how much too little, and who holds it, the largest first. */
export function whatIsToShrink({ violations, holdings }: TooSmall): readonly ToShrink[] {
  return resourceNames.flatMap((resource) => {
    const broken = violations.filter((violation) => violation.resource === called[resource]);
    if (broken.length === 0) return [];
    const sum = broken.find(({ projectId }) => projectId === null);
    const projects = holdings
      .filter(({ limits }) => limits[resource] > 0)
      .toSorted((one, other) => other.limits[resource] - one.limits[resource])
      .map(({ projectId, limits }) => {
        const alone = broken.find((violation) => violation.projectId === projectId);
        return {
          projectId,
          holds: formatOf(resource, limits[resource]),
          most: alone ? formatOf(resource, alone.available) : null,
        };
      });
    const together = sum
      ? `${formatOf(resource, sum.requested - sum.available)} ${resourceKinds[resource].lower}`
      : null;
    return { resource, together, projects };
  });
}
