import type { Context } from '../context.js';
import { hashSecret } from '../secret.js';
import { stateOf, stateSelection } from './state.js';

export type InvitationPreview = NonNullable<Awaited<ReturnType<typeof previewInvitation>>>;

/** What somebody who holds the link may know before they sign in; null when there is no such invitation. */
export async function previewInvitation({ db }: Pick<Context, 'db'>, secret: string) {
  const row = await db.invitation.findUnique({
    where: { secretHash: hashSecret(secret) },
    select: {
      ...stateSelection,
      email: true,
      role: true,
      organization: { select: { name: true } },
      invitedBy: { select: { name: true } },
    },
  });
  return (
    row && {
      organizationName: row.organization.name,
      inviterName: row.invitedBy?.name ?? null,
      role: row.role,
      emailHint: hintOf(row.email),
      expiresAt: row.expiresAt,
      state: stateOf(row),
    }
  );
}

/** Enough to know one's own address by, and too little to sign up with another's. */
function hintOf(email: string): string {
  const [name = '', domain = ''] = email.split('@');
  return `${name.slice(0, 1)}•••@${domain}`;
}
