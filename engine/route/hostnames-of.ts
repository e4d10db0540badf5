import type { Db, Transaction } from '@apployd/prisma/create-db';

/** All host names whose visitors are an environment's: the platform's own for it first, then the domains that it holds. */
export async function hostnamesOf(
  db: Db | Transaction,
  environmentId: string,
): Promise<readonly [string, ...string[]]> {
  const { hostname, domains } = await db.environment.findUniqueOrThrow({
    where: { id: environmentId },
    select: {
      hostname: true,
      domains: { where: { verifiedAt: { not: null } }, orderBy: { name: 'asc' }, select: { name: true } },
    },
  });
  return [hostname, ...domains.map(({ name }) => name)];
}
