import { limitBy, type BandwidthLimit, type ProjectBandwidth } from '@apployd/core/bandwidth';
import { capInForce, overageOffer, type OverageOffer } from '@apployd/core/overage';
import type { Period } from '@apployd/core/usage';
import type { ProjectBandwidthLimit } from '@apployd/prisma/generated/client/client';
import { sentBytes } from '@apployd/prisma/sent-bytes';
import type { Engine } from '../engine.js';

/** What an organization's projects may send in a period and have sent, those that are erased among them. */
export type BandwidthOfProjects = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly poolBytes: number;
  /** What may be bought beyond the pool just now; null: nothing is. */
  readonly overageCapBytes: number | null;
  /** How it gets bandwidth beyond its pool, or more of it. */
  readonly overageOffer: OverageOffer | null;
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
  plan: {
    select: {
      ...{ bandwidthBytesPerMonth: true, bandwidthRule: true, throttleBytesPerSecond: true },
      priceCurrency: true,
    },
  },
  overage: { select: { capGigabytes: true } },
  billing: { select: { isLive: true, status: true } },
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

export async function bandwidthOfProjects(engine: Engine, id: string, period: Period): Promise<BandwidthOfProjects> {
  const { db, settings } = engine;
  const isLive = (await engine.payments?.())?.isLive ?? null;
  const [rows, { plan, overage, billing, projects, ...organization }] = await db.$transaction(
    async (tx) =>
      [
        await sentBytes(tx, [id], period),
        await tx.organization.findUniqueOrThrow({ where: { id }, select: selection }),
      ] as const,
    oneMoment,
  );
  const capGigabytes = overage?.capGigabytes ?? null;
  const months = new Map(rows.map((row) => [row.projectId, row]));
  const own = new Map(projects.map((project) => [project.id, project]));
  const used = [...new Set([...months.keys(), ...own.keys()])].map((projectId) => {
    const [month, project] = [months.get(projectId), own.get(projectId)];
    return {
      ...{ projectId, bytesOut: Number(month?.bytesOut ?? 0), beyondBytes: Number(month?.beyondBytes ?? 0) },
      // Of one that was erased before anybody looked all counts.
      mostSliceBytes: Number(month?.mostSliceBytes ?? (project ? 0 : Infinity)),
      mostRestBytes: Number(month?.mostRestBytes ?? 0),
      sliceBytes: Number(project?.allocation?.bandwidthBytesPerMonth ?? 0),
    };
  });
  return {
    ...organization,
    poolBytes: Number(plan.bandwidthBytesPerMonth),
    overageCapBytes: capInForce(capGigabytes, billing, isLive),
    overageOffer: overageOffer(
      { capGigabytes, payer: billing, planCurrency: plan.priceCurrency },
      settings.overagePrice,
      isLive,
    ),
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
