import type { Db, Transaction } from '@apployd/prisma/create-db';
import type { Volume } from '@apployd/prisma/generated/client/client';

/** The volumes that instances of the environment get from now on; those that were deleted are none of them. */
export function volumesOf(db: Db | Transaction, environmentId: string): Promise<Volume[]> {
  return db.volume.findMany({ where: { environmentId, deletesAt: null }, orderBy: { name: 'asc' } });
}

/**
 * Whether two instances of the environment must not run at once: they would write into the same files. One that was deleted
 * counts too: what runs may have it yet, and it may be restored meanwhile.
 */
export async function isOneAtATime(db: Db | Transaction, environmentId: string): Promise<boolean> {
  return (await db.volume.count({ where: { environmentId } })) > 0;
}
