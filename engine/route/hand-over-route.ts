import { closeRoute } from '@apployd/prisma/close-route';
import type { Transaction } from '@apployd/prisma/create-db';

type RouteOwner = { readonly organizationId: string; readonly environmentId: string };

/** What a former holder of the host name has left says nothing any more, and is the new one's: nobody else writes it from now on. */
export async function handOverRoute(
  tx: Transaction,
  hostname: string,
  { organizationId, environmentId }: RouteOwner,
): Promise<void> {
  await closeRoute(tx, hostname);
  await tx.route.updateMany({ where: { hostname }, data: { organizationId, environmentId } });
}
