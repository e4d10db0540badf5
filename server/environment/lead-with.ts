import type { EdgeSettings } from '@apployd/core/edge-settings';
import type { Transaction } from '@apployd/prisma/create-db';

/** Gives the routes of the environment's host names its settings, each under a version of its own, as for redirects. */
export async function leadWith(tx: Transaction, environmentId: string, edge: EdgeSettings): Promise<void> {
  // The lock comes first: whoever makes a route meanwhile reads the settings after it.
  await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: 0 } } });
  const routes = await tx.$queryRaw<{ hostname: string }[]>`
    SELECT "hostname" FROM "Route" WHERE "hostname" IN (
      SELECT "hostname" FROM "Environment" WHERE "id" = ${environmentId}::uuid
      UNION ALL
      SELECT "name" FROM "Domain" WHERE "environmentId" = ${environmentId}::uuid AND "verifiedAt" IS NOT NULL)`;
  for (const { hostname } of routes) {
    const { version } = await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: 1 } } });
    await tx.route.update({ where: { hostname }, data: { edge, version } });
  }
}
