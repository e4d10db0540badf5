import { publicId } from '@apployd/core/id';
import { ConflictError, ForbiddenError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { asPerson } from '../../access/perform.js';
import type { Context } from '../../context.js';
import { isUniqueViolation } from '../../unique-violation.js';
import { findLink, takeLink } from '../link/account-link.js';
import { performOnAccount } from '../perform-on-account.js';
import { queueNotice } from '../queue-notice.js';

/**
 * Makes the address that a link was sent to the viewer's, verified. It works once, and in a session of the account that it
 * was sent for: whoever reads the mailbox may not know that somebody else made the account.
 */
export async function verifyEmail(context: Context, input: { readonly token: string }): Promise<{ email: string }> {
  const { userId } = await asPerson(context, 'accountEmailVerify');
  await context.attempts.link(context);
  const act = { mutation: 'accountEmailVerify', input } as const;
  return performOnAccount(context, act, async (tx) => {
    await requireOwn(tx, userId, input.token);
    const { before, email } = await verifyIn(tx, context, input.token);
    return {
      result: { email },
      audit: { target: publicId('User', userId), before: { email: before }, after: { email } },
    };
  }).catch(refuseTakenAddress);
}

async function requireOwn(tx: Transaction, userId: string, token: string): Promise<void> {
  const link = await findLink(tx, token, 'VERIFY_EMAIL');
  if (link.userId === userId) return;
  throw new ForbiddenError(
    'This link was sent for another account than the one you are signed in with. Sign in with that one; if it is not yours, leave the link alone.',
  );
}

async function verifyIn(tx: Transaction, context: Context, token: string) {
  const { userId, email } = await takeLink(tx, token, 'VERIFY_EMAIL');
  const { email: before } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
  await tx.user.update({ where: { id: userId }, data: { email, emailVerified: true } });
  if (before !== email) {
    // Links that went to the former address do nothing any more, whoever reads it.
    await tx.accountLink.deleteMany({ where: { userId } });
    await queueNotice(tx, context, userId, 'emailChanged', before);
  }
  return { before, email };
}

function refuseTakenAddress(error: unknown): never {
  if (!isUniqueViolation(error, 'email')) throw error;
  throw new ConflictError('Another account has this e-mail address by now. Sign in with that one.');
}
