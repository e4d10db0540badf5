import { readBandwidthLimit } from '@apployd/core/bandwidth';
import { readEdgeSettings } from '@apployd/core/edge-settings';
import { projectSettings } from '@apployd/core/settings';
import type { RouteRollout } from '@apployd/core/rollout';
import { Prisma } from '@apployd/prisma/generated/client/client';
import type { Transaction } from '@apployd/prisma/create-db';
import { hostnamesIn, hostnamesSelect } from './hostnames-in.js';

/** Where an environment's visitors go. */
export type RouteTarget = {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly deploymentId: string | null;
  /** `host:port` */
  readonly targets: readonly string[];
  /** Visitors are held: it has no targets because it sleeps. */
  readonly asleep?: boolean;
  /** Where a share of them goes instead. Absent, null: nowhere. */
  readonly rollout?: RouteRollout | null;
};

/**
 * Writes the routes of an environment, one for each of its host names, each under the next version; the last of them. The
 * lock on RouteVersion makes versions commit in their order.
 */
export async function setRoute(tx: Transaction, target: RouteTarget): Promise<bigint> {
  const first = await moveOn(tx, 1);
  // Read under the lock: what settings and domains say by now is what they said last.
  const { hostnames, settings } = await readEnvironment(tx, target.environmentId);
  const last = hostnames.length === 1 ? first : await moveOn(tx, hostnames.length - 1);
  for (const [index, hostname] of hostnames.entries()) {
    const { targets, rollout, ...rest } = target;
    const second = { rollout: rollout ?? Prisma.DbNull };
    const version = first + BigInt(index);
    const data = { asleep: false, ...rest, targets: [...targets], ...second, ...settings, version };
    await tx.route.upsert({ where: { hostname }, create: { hostname, ...data }, update: data });
  }
  return last;
}

/** Nobody else writes routes until the transaction ends. */
export async function lockRoutes(tx: Transaction): Promise<void> {
  await moveOn(tx, 0);
}

/** The newest version from here on. Locks routes. */
async function moveOn(tx: Transaction, by: number): Promise<bigint> {
  const { version } = await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: by } } });
  return version;
}

/** Its host names, and what edges do for it by themselves. */
async function readEnvironment(tx: Transaction, environmentId: string) {
  const environment = await tx.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: {
      ...hostnamesSelect,
      edge: true,
      project: { select: { settings: true, bandwidthLimit: { select: { limit: true } } } },
    },
  });
  const { edge, project } = environment;
  const settings = {
    redirects: projectSettings.parse(project.settings).redirects,
    edge: readEdgeSettings(edge),
    bandwidth: readBandwidthLimit(project.bandwidthLimit?.limit) ?? Prisma.DbNull,
  };
  return { hostnames: hostnamesIn(environment), settings };
}
