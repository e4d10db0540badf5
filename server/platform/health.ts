import type { DeploymentStatus } from '@apployd/core/deployment';
import type { Db } from '@apployd/prisma/create-db';

/** How an organization is, told without anything that is its own business. */
export type OrganizationHealth = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly planCode: string;
  readonly members: number;
  readonly projects: number;
  readonly environments: number;
  readonly running: number;
  readonly asleep: number;
  readonly crashed: number;
  readonly failing: number;
  readonly lastDeploymentAt: Date | null;
  readonly lastDeploymentStatus: DeploymentStatus | null;
};

type Organization = Pick<OrganizationHealth, 'id' | 'slug' | 'name' | 'createdAt'> & {
  readonly plan: { readonly code: string };
};

/** The health of each, with three statements for all. */
export async function healthOf(db: Db, organizations: readonly Organization[]): Promise<OrganizationHealth[]> {
  const ids = organizations.map(({ id }) => id);
  const [members, projects, environments] = await Promise.all([
    db.membership.groupBy({ by: ['organizationId'], where: { organizationId: { in: ids } }, _count: true }),
    db.project.groupBy({
      by: ['organizationId'],
      where: { organizationId: { in: ids }, deletesAt: null },
      _count: true,
    }),
    environmentsOf(db, ids),
  ]);
  return organizations.map(({ plan, ...organization }) => ({
    ...organization,
    planCode: plan.code,
    members: countIn(members, organization.id),
    projects: countIn(projects, organization.id),
    ...(environments.get(organization.id) ?? noEnvironments),
  }));
}

type Count = { readonly organizationId: string; readonly _count: number };

function countIn(counts: readonly Count[], id: string): number {
  return counts.find(({ organizationId }) => organizationId === id)?._count ?? 0;
}

const noEnvironments = {
  ...{ environments: 0, running: 0, asleep: 0, crashed: 0, failing: 0 },
  ...{ lastDeploymentAt: null, lastDeploymentStatus: null },
};

type Environments = Pick<OrganizationHealth, keyof typeof noEnvironments>;

/** An environment fails when its newest deployment did. */
async function environmentsOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Environments>> {
  const rows = await db.$queryRaw<(Environments & { readonly organizationId: string })[]>`
    SELECT "Environment"."organizationId",
      count(*)::int AS "environments",
      (count(*) FILTER (WHERE "observedState" = 'RUNNING'))::int AS "running",
      (count(*) FILTER (WHERE "observedState" IN ('LIGHT_SLEEP', 'DEEP_SLEEP')))::int AS "asleep",
      (count(*) FILTER (WHERE "observedState" = 'CRASHED'))::int AS "crashed",
      (count(*) FILTER (WHERE newest."status" = 'FAILED'))::int AS "failing",
      max(newest."createdAt") AS "lastDeploymentAt",
      (array_agg(newest."status"::text ORDER BY newest."createdAt" DESC) FILTER (WHERE newest."status" IS NOT NULL))[1]
        AS "lastDeploymentStatus"
    FROM "Environment"
    JOIN "Project" ON "Project"."id" = "projectId" AND "Project"."deletesAt" IS NULL
    LEFT JOIN LATERAL (
      SELECT "status", "createdAt" FROM "Deployment"
      WHERE "environmentId" = "Environment"."id" ORDER BY "number" DESC LIMIT 1
    ) newest ON true
    WHERE "Environment"."organizationId" = ANY(${[...ids]}::uuid[]) AND "Environment"."deletesAt" IS NULL
    GROUP BY "Environment"."organizationId"`;
  return new Map(rows.map(({ organizationId, ...environments }) => [organizationId, environments]));
}
