import { readBandwidthLimit } from '@apployd/core/bandwidth';
import { readEdgeSettings } from '@apployd/core/edge-settings';
import { projectSettings } from '@apployd/core/settings';
import type { RouteRollout } from '@apployd/core/rollout';
import { Prisma } from '@apployd/prisma/generated/client/client';
import type { Transaction } from '@apployd/prisma/create-db';
import { hostnamesOf } from './hostnames-of.js';

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
  await lockRoutes(tx);
  // Read under the lock: what settings and domains say by now is what they said last.
  const hostnames = await hostnamesOf(tx, target.environmentId);
  const settings = await settingsOf(tx, target.environmentId);
  const { version: last } = await tx.routeVersion.update({
    where: { id: 1 },
    data: { version: { increment: hostnames.length } },
  });
  for (const [index, hostname] of hostnames.entries()) {
    const version = last - BigInt(hostnames.length - 1 - index);
    const { targets, rollout, ...rest } = target;
    const second = { rollout: rollout ?? Prisma.DbNull };
    const data = { asleep: false, ...rest, targets: [...targets], ...second, ...settings, version };
    await tx.route.upsert({ where: { hostname }, create: { hostname, ...data }, update: data });
  }
  return last;
}

/** Nobody else writes routes until the transaction ends. */
export async function lockRoutes(tx: Transaction): Promise<void> {
  await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: 0 } } });
}

/** What edges do for it by themselves. */
async function settingsOf(tx: Transaction, environmentId: string) {
  const { edge, project } = await tx.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: { edge: true, project: { select: { settings: true, bandwidthLimit: { select: { limit: true } } } } },
  });
  return {
    redirects: projectSettings.parse(project.settings).redirects,
    edge: readEdgeSettings(edge),
    bandwidth: readBandwidthLimit(project.bandwidthLimit?.limit) ?? Prisma.DbNull,
  };
}
