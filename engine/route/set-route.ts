import type { Redirect } from '@apployd/core/redirect';
import { projectSettings } from '@apployd/core/settings';
import type { Transaction } from '@apployd/prisma/create-db';

/** Where a host name's visitors go. */
export type RouteTarget = {
  readonly hostname: string;
  readonly organizationId: string;
  readonly environmentId: string;
  readonly deploymentId: string | null;
  /** `host:port` */
  readonly targets: readonly string[];
};

/** Writes the route under the next version. The lock on RouteVersion makes versions commit in their order. */
export async function setRoute(tx: Transaction, { hostname, ...rest }: RouteTarget): Promise<bigint> {
  const { version } = await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: 1 } } });
  // Read under the lock: what the project's settings say by now is what they said last.
  const redirects = await redirectsOf(tx, rest.environmentId);
  const data = { ...rest, targets: [...rest.targets], redirects, version };
  await tx.route.upsert({ where: { hostname }, create: { hostname, ...data }, update: data });
  return version;
}

async function redirectsOf(tx: Transaction, environmentId: string): Promise<Redirect[]> {
  const { project } = await tx.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: { project: { select: { settings: true } } },
  });
  return projectSettings.parse(project.settings).redirects;
}
