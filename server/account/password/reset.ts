import { publicId } from '@apployd/core/id';
import type { Transaction } from '@apployd/prisma/create-db';
import { recordAudit } from '../../audit/record.js';
import type { Context } from '../../context.js';
import { askForQueuedMail } from '../../mail/queue-mail.js';
import { checkInput } from '../../validation.js';
import { findLink, takeLink } from '../link/account-link.js';
import { queueNotice } from '../queue-notice.js';
import { endSessions } from '../session/sign-out-everywhere.js';
import { setPassword } from './change.js';
import { hashPassword, passwordIssues } from './password.js';

export type PasswordResetInput = { readonly token: string; readonly newPassword: string };

/** A new password by a link from a mail, once; every session ends. Signing in is another step, with its second factor. */
export async function resetPassword(
  context: Context,
  { token, newPassword }: PasswordResetInput,
): Promise<{ reset: boolean }> {
  checkInput(passwordIssues(['newPassword'], newPassword));
  await context.attempts.link(context);
  // Before the password is hashed, which costs something; the link is taken behind it.
  await findLink(context.db, token, 'RESET_PASSWORD');
  const newHash = await hashPassword(newPassword);
  await context.db.$transaction((tx) => resetIn(tx, context, token, newHash));
  askForQueuedMail(context);
  return { reset: true };
}

async function resetIn(tx: Transaction, context: Context, token: string, newHash: string): Promise<void> {
  const { userId } = await takeLink(tx, token, 'RESET_PASSWORD');
  await setPassword(tx, userId, newHash);
  const endedSessions = await endSessions(tx, userId, null);
  await proveAddress(tx, userId);
  await queueNotice(tx, context, userId, 'passwordReset');
  await recordAudit(tx, {
    organizationId: null,
    action: 'accountPasswordReset',
    by: { userId },
    from: context,
    target: publicId('User', userId),
    after: { endedSessions },
  });
}

/**
 * Whoever has the link reads the mailbox, so the address is theirs. Where it had not been verified, the account may have
 * been made by somebody else, who must not keep a way in: their second factor and their tokens end.
 */
async function proveAddress(tx: Transaction, userId: string): Promise<void> {
  const { count } = await tx.user.updateMany({
    where: { id: userId, emailVerified: false },
    data: { emailVerified: true, twoFactorEnabled: false },
  });
  if (count === 0) return;
  await tx.twoFactor.deleteMany({ where: { userId } });
  await tx.apiToken.updateMany({ where: { createdById: userId, revokedAt: null }, data: { revokedAt: new Date() } });
}
