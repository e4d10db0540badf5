import { publicId } from '@apployd/core/id';
import { performAsPerson } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { acceptInvitation } from '../organization/accept-invitation.js';
import { mustStillSee } from '../organization/look-up.js';

export type InvitationAcceptInput = { readonly secret: string; readonly idempotencyKey?: string | null };

/** Makes the caller a member by the secret of an invitation that was sent to their own address. */
export async function acceptAsViewer(context: Context, input: InvitationAcceptInput) {
  const { userId } = signedIn(context);
  const made = await performAsPerson(context, { mutation: 'invitationAccept', input }, async (tx) => {
    const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
    const { invitationId, organizationId, role } = await acceptInvitation(tx, input.secret, { userId, email });
    const audit = { target: publicId('Invitation', invitationId), after: { email, role } };
    return { result: { organizationId }, organizationId, audit };
  });
  if (made.replayed) await mustStillSee(context, made.organizationId);
  context.events.publish('organization', made.organizationId);
  return made;
}
