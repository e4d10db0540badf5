import { publicId } from '@apployd/core/id';
import { ConflictError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { recordAudit } from '../../audit/record.js';
import type { Context } from '../../context.js';
import { askForQueuedMail } from '../../mail/queue-mail.js';
import { isUniqueViolation } from '../../unique-violation.js';
import { takeLink } from '../link/account-link.js';
import { queueNotice } from '../queue-notice.js';

/** Makes the address that a link was sent to the person's, verified. It works once, signed in or not. */
export async function verifyEmail(context: Context, { token }: { readonly token: string }): Promise<{ email: string }> {
  await context.attempts.link(context);
  try {
    const email = await context.db.$transaction((tx) => verifyIn(tx, context, token));
    askForQueuedMail(context);
    return { email };
  } catch (error) {
    if (!isUniqueViolation(error, 'email')) throw error;
    throw new ConflictError('Another account has this e-mail address by now. Sign in with that one.');
  }
}

async function verifyIn(tx: Transaction, context: Context, token: string): Promise<string> {
  const { userId, email } = await takeLink(tx, token, 'VERIFY_EMAIL');
  const before = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
  await tx.user.update({ where: { id: userId }, data: { email, emailVerified: true } });
  if (before.email !== email) {
    // Links that went to the former address do nothing any more, whoever reads it.
    await tx.accountLink.deleteMany({ where: { userId } });
    await queueNotice(tx, context, userId, 'emailChanged', before.email);
  }
  await recordAudit(tx, {
    organizationId: null,
    action: 'accountEmailVerify',
    by: { userId },
    from: context,
    target: publicId('User', userId),
    before: { email: before.email },
    after: { email },
  });
  return email;
}
