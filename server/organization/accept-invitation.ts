import type { OrganizationRole } from '@apployd/core/access';
import { ForbiddenError, InvalidStateError, NotFoundError } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { hashSecret } from '../secret.js';

export type Accepted = {
  readonly invitationId: string;
  readonly organizationId: string;
  /** The person's role from now on; whoever was a member already keeps theirs. */
  readonly role: OrganizationRole;
};

export type Invited = { readonly userId: string; /** In small letters. */ readonly email: string };

/**
 * Makes a person a member by the secret of an invitation to their address, once. The secret went to that address by mail
 * and nowhere else: who has it reads that mailbox. Throws NotFoundError, InvalidStateError and ForbiddenError.
 */
export async function acceptInvitation(tx: Transaction, secret: string, { userId, email }: Invited): Promise<Accepted> {
  const { id: invitationId, organizationId, role } = await pendingInvitation(tx, secret, email);
  await takeUp(tx, invitationId);
  const { count } = await tx.membership.createMany({ data: { organizationId, userId, role }, skipDuplicates: true });
  if (count === 1) {
    await appendEvent(tx, {
      organizationId,
      streamId: organizationId,
      kind: 'ORGANIZATION',
      type: 'member.joined',
      subjectId: userId,
      actorId: userId,
    });
  }
  const membership = await tx.membership.findUniqueOrThrow({
    where: { organizationId_userId: { organizationId, userId } },
    select: { role: true },
  });
  return { invitationId, organizationId, role: membership.role };
}

/** The invitation that can be accepted with this secret by this address, or the refusal that says why not. */
export async function pendingInvitation(tx: Pick<Transaction, 'invitation'>, secret: string, email: string) {
  const invitation = await tx.invitation.findUnique({ where: { secretHash: hashSecret(secret) } });
  if (!invitation) throw new NotFoundError('invitation');
  if (invitation.acceptedAt) throw over('ACCEPTED');
  if (invitation.revokedAt) throw over('REVOKED');
  if (invitation.expiresAt <= new Date()) throw over('EXPIRED');
  if (invitation.email === email) return invitation;
  throw new ForbiddenError('This invitation is for another e-mail address. Use the address that it was sent to.');
}

/** Of several who accept or revoke it at the same moment, one does. */
async function takeUp(tx: Transaction, id: string): Promise<void> {
  const now = new Date();
  const { count } = await tx.invitation.updateMany({
    where: { id, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { acceptedAt: now },
  });
  if (count === 0) throw over('ACCEPTED');
}

const why = {
  ACCEPTED: 'This invitation was accepted already.',
  REVOKED: 'This invitation was withdrawn. Ask for another.',
  EXPIRED: 'This invitation has expired. Ask for another.',
} as const;

function over(state: keyof typeof why): InvalidStateError {
  return new InvalidStateError(why[state], state, ['PENDING']);
}
