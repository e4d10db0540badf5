import type { Transaction } from './create-db.js';
import { Prisma } from './generated/client/client.js';

/** Leads nobody from this host name anywhere any more, where it has a route: edges follow, and the mark is removed later. */
export async function closeRoute(tx: Transaction, hostname: string): Promise<void> {
  const { version } = await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: 1 } } });
  const data = {
    targets: [],
    redirects: [],
    edge: {},
    bandwidth: Prisma.DbNull,
    deploymentId: null,
    asleep: false,
    rollout: Prisma.DbNull,
    version,
  };
  await tx.route.updateMany({ where: { hostname }, data });
}
