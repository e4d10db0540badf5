import { limitBy, type BandwidthLimit, type ProjectBandwidth } from '@apployd/core/bandwidth';
import { gigabyteBytes } from '@apployd/core/overage';
import type { Period } from '@apployd/core/usage';
import type { ProjectBandwidthLimit } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/** What an organization's projects may send in a period and have sent, those that are erased among them. */
export type BandwidthOfProjects = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly poolBytes: number;
  /** What may be bought beyond the pool; null: nothing is. */
  readonly overageCapBytes: number | null;
  /** What its plan has for those that have used their bandwidth. */
  readonly limit: BandwidthLimit;
  readonly used: readonly ProjectBandwidth[];
  /** Those that live. */
  readonly projects: readonly LimitedProject[];
};

export type LimitedProject = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly environmentIds: readonly string[];
  /** The limit that it is under, of this period or of an earlier one. */
  readonly row: ProjectBandwidthLimit | null;
};

const selection = {
  id: true,
  slug: true,
  name: true,
  plan: { select: { bandwidthBytesPerMonth: true, bandwidthRule: true, throttleBytesPerSecond: true } },
  overage: { select: { capGigabytes: true } },
  projects: {
    select: {
      ...{ id: true, slug: true, name: true, deletesAt: true, bandwidthLimit: true },
      allocation: { select: { bandwidthBytesPerMonth: true } },
      environments: { select: { id: true } },
    },
    orderBy: { id: 'asc' },
  },
} as const;

/** All of one moment: a limit that ends between two reads would be in both or in neither. */
const oneMoment = { isolationLevel: 'RepeatableRead' } as const;

export async function bandwidthOfProjects({ db }: Engine, id: string, period: Period): Promise<BandwidthOfProjects> {
  const [rows, { plan, overage, projects, ...organization }] = await db.$transaction(
    async (tx) =>
      [
        await tx.usageMonth.findMany({ where: { organizationId: id, month: period.start } }),
        await tx.organization.findUniqueOrThrow({ where: { id }, select: selection }),
      ] as const,
    oneMoment,
  );
  const months = new Map(rows.map((row) => [row.projectId, row]));
  const own = new Map(projects.map((project) => [project.id, project]));
  const used = [...new Set([...months.keys(), ...own.keys()])].map((projectId) => {
    const [month, project] = [months.get(projectId), own.get(projectId)];
    const bytesOut = Number(month?.bytesOut ?? 0);
    const row = project?.bandwidthLimit ?? null;
    const beyondNow = row && isOf(row, period) ? bytesOut - Number(row.bytesOutBefore) : 0;
    return {
      ...{ projectId, bytesOut, beyondBytes: Number(month?.bytesBeyond ?? 0) + beyondNow },
      // Of one that was erased before anybody looked all counts.
      mostSliceBytes: Number(month?.mostSliceBytes ?? (project ? 0 : Infinity)),
      mostRestBytes: Number(month?.mostRestBytes ?? 0),
      sliceBytes: Number(project?.allocation?.bandwidthBytesPerMonth ?? 0),
    };
  });
  return {
    ...organization,
    poolBytes: Number(plan.bandwidthBytesPerMonth),
    overageCapBytes: overage?.capGigabytes == null ? null : overage.capGigabytes * gigabyteBytes,
    limit: limitBy(plan, period.end),
    used,
    projects: projects
      .filter(({ deletesAt }) => deletesAt === null)
      .map(({ environments, bandwidthLimit: row, ...project }) => ({
        ...{ id: project.id, slug: project.slug, name: project.name, row },
        environmentIds: environments.map((environment) => environment.id),
      })),
  };
}

/** Whether a limit is of this period. */
export const isOf = ({ until }: ProjectBandwidthLimit, { end }: Period): boolean => until.getTime() === end.getTime();
