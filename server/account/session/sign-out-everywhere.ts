import { publicId } from '@apployd/core/id';
import { signedIn, type Context } from '../../context.js';
import { performOnAccount } from '../perform-on-account.js';
import type { Transaction } from '@apployd/prisma/create-db';
import { leave } from './leave.js';

export type SignOutEverywhereInput = {
  /** This session ends, too. */
  readonly includingThis?: boolean | null;
  readonly idempotencyKey?: string | null;
};

/** Ends every other session of the viewer's, or every one, and a change of address that waits for its link. */
export async function signOutEverywhere(context: Context, input: SignOutEverywhereInput) {
  const { userId, credential } = signedIn(context);
  const kept = input.includingThis ? null : credential.id;
  const act = { mutation: 'accountSignOutEverywhere', input } as const;
  const made = await performOnAccount(context, act, async (tx) => {
    const endedSessions = await endSessions(tx, userId, kept);
    return {
      result: { endedSessions },
      audit: { target: publicId('User', userId), after: { endedSessions, includingThis: kept === null } },
    };
  });
  if (kept === null) await leave(context);
  return made;
}

/**
 * Ends a person's sessions but the one that is kept; how many there were. What somebody else may have begun ends with
 * them: a link that would make another address the account's needs no session, and a sign-in that waits for its code asks
 * for the password no more.
 */
export async function endSessions(tx: Transaction, userId: string, kept: string | null): Promise<number> {
  const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
  await tx.accountLink.deleteMany({ where: { userId, email: { not: email } } });
  await tx.verification.deleteMany({ where: { value: userId } });
  const { count } = await tx.session.deleteMany({ where: { userId, ...(kept !== null && { id: { not: kept } }) } });
  return count;
}
