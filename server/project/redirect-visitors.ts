import type { Redirect } from '@apployd/core/redirect';
import type { Transaction } from '@apployd/prisma/create-db';

/** Gives the project's routes its redirects, each under a version of its own: edges follow from version to version. */
export async function redirectVisitors(
  tx: Transaction,
  projectId: string,
  redirects: readonly Redirect[],
): Promise<void> {
  // The lock comes first: whoever makes a route meanwhile reads the settings after it.
  await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: 0 } } });
  const routes = await tx.route.findMany({ where: { environment: { projectId } }, select: { hostname: true } });
  for (const { hostname } of routes) {
    const { version } = await tx.routeVersion.update({ where: { id: 1 }, data: { version: { increment: 1 } } });
    await tx.route.update({ where: { hostname }, data: { redirects: [...redirects], version } });
  }
}
