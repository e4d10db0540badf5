import type { Redirect } from '@apployd/core/redirect';
import type { Transaction } from '@apployd/prisma/create-db';

/**
 * Gives the routes of the project's host names its redirects, each under a version of its own: edges follow from version to
 * version. A name that it held before has a route for a while that is nobody's, or another's.
 */
export async function redirectVisitors(
  tx: Transaction,
  projectId: string,
  redirects: readonly Redirect[],
): Promise<void> {
  // The lock comes first: whoever makes a route meanwhile reads the settings after it.
  await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: 0 } } });
  const routes = await tx.$queryRaw<{ hostname: string }[]>`
    SELECT "hostname" FROM "Route" WHERE "hostname" IN (
      SELECT "hostname" FROM "Environment" WHERE "projectId" = ${projectId}::uuid
      UNION ALL
      SELECT "name" FROM "Domain" WHERE "projectId" = ${projectId}::uuid AND "verifiedAt" IS NOT NULL)`;
  for (const { hostname } of routes) {
    const { version } = await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: 1 } } });
    await tx.route.update({ where: { hostname }, data: { redirects: [...redirects], version } });
  }
}
