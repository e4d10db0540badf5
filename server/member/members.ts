import type { OrganizationRole } from '@apployd/core/access';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { viewerOf, type Viewer } from '../access/viewer.js';
import { lockOrganization } from '../organization/lock.js';

/** Everybody's role, by the person's id. */
export type Members = ReadonlyMap<string, OrganizationRole>;

/** The members as they are until the transaction ends: nobody else changes them meanwhile. */
export async function lockMembers(tx: Transaction, organizationId: string): Promise<Members> {
  await lockOrganization(tx, organizationId);
  const rows = await tx.membership.findMany({ where: { organizationId }, select: { userId: true, role: true } });
  return new Map(rows.map(({ userId, role }) => [userId, role]));
}

/** The same viewer, whose rights are looked up in the transaction: under its lock they stay what they are. */
export function withinTransaction(tx: Transaction, { userId, credential }: Viewer): Viewer {
  return viewerOf(tx, userId, credential);
}

/** Refuses what would leave an organization without an owner. */
export function refuseLastOwner(members: Members, userId: string): void {
  const owners = [...members].filter(([, role]) => role === 'OWNER').map(([id]) => id);
  if (owners.length > 1 || owners[0] !== userId) return;
  const message = 'This is the last owner. Make another member an owner first, or hand the organization over.';
  throw new InvalidStateError(message, 'LAST_OWNER', ['SEVERAL_OWNERS']);
}
