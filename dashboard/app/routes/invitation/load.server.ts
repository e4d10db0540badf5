import { AuthenticationError, NotFoundError, type Apployd } from '@apployd/sdk';
import { type Call, notFound, signedIn } from '../../api/api.server.js';

/** What the link invites to, and who has opened it; null when nobody has signed in. */
export const loadInvitation = (call: Call, secret: string) =>
  signedIn(call, async ({ apployd }) => {
    const [invitation, person] = await Promise.all([apployd.invitations.preview(secret), personOf(apployd)]);
    return { secret, invitation, person };
  });

/** The same before signing up: null when there is no such link, or it cannot be accepted any more. */
export async function pendingInvitation({ invitations }: Pick<Apployd, 'invitations'>, secret: string) {
  const invitation = await invitations.preview(secret).catch((error: unknown) => {
    if (error instanceof NotFoundError) throw notFound();
    throw error;
  });
  return invitation.state === 'PENDING' ? invitation : null;
}

async function personOf({ account }: Pick<Apployd, 'account'>) {
  try {
    const { user } = await account.viewer();
    return { name: user.name, email: user.email };
  } catch (error) {
    if (error instanceof AuthenticationError || error instanceof NotFoundError) return null;
    throw error;
  }
}
