import { InvalidStateError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { tellOrganization } from '../organization/tell.js';
import { actionFor } from './invite.js';

export type InvitationRevokeInput = { readonly invitationId: string; readonly idempotencyKey?: string | null };

/** Takes an invitation back: its link is worth nothing any more. Asking again is as good as asking once. */
export async function revokeInvitation(context: Context, input: InvitationRevokeInput) {
  const viewer = signedIn(context);
  const id = requireId('Invitation', input.invitationId);
  const row = await context.db.invitation.findFirst({
    where: { id, ...viewer.sees.Invitation },
    select: { organizationId: true, role: true, email: true },
  });
  const { organizationId, role, email } = found('Invitation', input.invitationId, row);
  const act = { mutation: 'invitationRevoke', action: actionFor(role), on: { organizationId }, input } as const;
  const made = await perform(context, act, async (tx) => {
    await revoke(tx, { id, organizationId, actorId: viewer.userId });
    return {
      result: { invitationId: id, organizationId },
      audit: { target: input.invitationId, before: { email, role } },
    };
  });
  context.events.publish('organization', organizationId);
  return made;
}

type Target = { readonly id: string; readonly organizationId: string; readonly actorId: string };

async function revoke(tx: Transaction, { id, organizationId, actorId }: Target): Promise<void> {
  const open = { id, acceptedAt: null, revokedAt: null };
  const { count } = await tx.invitation.updateMany({ where: open, data: { revokedAt: new Date() } });
  if (count === 1) return tellOrganization(tx, organizationId, { type: 'invitation.revoked', subjectId: id, actorId });
  const { acceptedAt } = await tx.invitation.findUniqueOrThrow({ where: { id }, select: { acceptedAt: true } });
  if (!acceptedAt) return;
  const message = 'This invitation was accepted already. Remove the member instead.';
  throw new InvalidStateError(message, 'ACCEPTED', ['PENDING', 'EXPIRED', 'REVOKED']);
}
