import type { Transaction } from '@apployd/prisma/create-db';

/**
 * Nobody else divides the pool or changes members, invitations or tokens before the transaction ends. Locked before any of
 * these. Rows that point at the organization may be inserted by whoever does not ask for this lock.
 */
export async function lockOrganization(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Organization" WHERE "id" = ${organizationId}::uuid FOR NO KEY UPDATE`;
}
