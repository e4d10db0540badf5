import type { Context } from '../context.js';
import { keysetPage } from '../keyset.js';
import { healthOf } from './health.js';

type Arguments = Parameters<typeof keysetPage>[0] & { readonly search?: string | null };

/** Every organization of the installation, oldest first: for the operator alone. */
export function organizationHealthPage({ db }: Pick<Context, 'db'>, args: Arguments) {
  // No name has a NUL, and the database would not even look for one.
  const none = args.search?.includes('\0') ? { in: [] } : undefined;
  const contains = args.search && !none ? { contains: args.search, mode: 'insensitive' as const } : undefined;
  return keysetPage(args, 'asc', async ({ id, take, order }) => {
    const organizations = await db.organization.findMany({
      where: { AND: [{ id }, { id: none }], ...(contains && { OR: [{ name: contains }, { slug: contains }] }) },
      select: { id: true, slug: true, name: true, createdAt: true, plan: { select: { code: true } } },
      orderBy: { id: order },
      take,
    });
    return healthOf(db, organizations);
  });
}
