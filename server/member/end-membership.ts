import { isAbove, organizationRoles, roleMay, type OrganizationRole } from '@apployd/core/access';
import type { Transaction } from '@apployd/prisma/create-db';

type Membership = { readonly organizationId: string; readonly userId: string };

/** Ends a membership, and all that stood on it: tokens that act for the person, invitations that they have sent. */
export async function endMembership(tx: Transaction, { organizationId, userId }: Membership): Promise<void> {
  await tx.membership.delete({ where: { organizationId_userId: { organizationId, userId } } });
  await tx.apiToken.updateMany({
    where: { organizationId, createdById: userId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  await withdrawInvitations(tx, { organizationId, userId }, organizationRoles);
}

/** Revokes the invitations that somebody with this role could not have sent. */
export async function withdrawInvitationsBeyond(
  tx: Transaction,
  membership: Membership,
  role: OrganizationRole,
): Promise<void> {
  const beyond = organizationRoles.filter((invited) => !roleMay(role, 'member:invite') || isAbove(invited, role));
  if (beyond.length > 0) await withdrawInvitations(tx, membership, beyond);
}

async function withdrawInvitations(
  tx: Transaction,
  { organizationId, userId }: Membership,
  roles: readonly OrganizationRole[],
): Promise<void> {
  await tx.invitation.updateMany({
    where: { organizationId, invitedById: userId, role: { in: [...roles] }, acceptedAt: null, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}
