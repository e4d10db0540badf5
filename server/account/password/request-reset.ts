import { publicId } from '@apployd/core/id';
import type { Transaction } from '@apployd/prisma/create-db';
import { recordAudit } from '../../audit/record.js';
import type { Context } from '../../context.js';
import { askForQueuedMail, queueMail } from '../../mail/queue-mail.js';
import { checkInput } from '../../validation.js';
import { emailIssues, normalEmail } from '../email.js';
import { makeLink } from '../link/account-link.js';
import { resetMail } from '../mails.js';
import { notBefore } from '../not-before.js';

/** Every answer takes this long at least: long enough to hide whether there was something to write. */
const leastMs = 300;

/** Sends a link with which to choose a new password, where there is such an account; the answer is the same where not. */
export async function requestReset(
  context: Context,
  { email }: { readonly email: string },
): Promise<{ accepted: boolean }> {
  checkInput(emailIssues(['email'], email));
  const address = normalEmail(email);
  await context.attempts.reset(context, address);
  await notBefore(
    leastMs,
    context.db.$transaction((tx) => queueReset(tx, context, address)),
  );
  askForQueuedMail(context);
  return { accepted: true };
}

async function queueReset(tx: Transaction, context: Context, email: string): Promise<void> {
  const user = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (!user) return;
  const link = await makeLink(tx, { userId: user.id, purpose: 'RESET_PASSWORD', email });
  await queueMail(tx, context, resetMail({ to: email, url: context.settings.APPLOYD_PUBLIC_URL, ...link }));
  await recordAudit(tx, {
    organizationId: null,
    action: 'account.passwordResetRequested',
    by: { userId: user.id },
    from: context,
    target: publicId('User', user.id),
  });
}
