import type { Transaction } from '@apployd/prisma/create-db';
import type { Context } from '../../context.js';
import { queueMail } from '../../mail/queue-mail.js';
import { makeLink } from '../link/account-link.js';
import { verificationMail } from '../mails.js';

/** Writes a mail with a link that makes this address the person's, verified. */
export async function queueVerification(tx: Transaction, context: Context, userId: string, to: string): Promise<void> {
  const link = await makeLink(tx, { userId, purpose: 'VERIFY_EMAIL', email: to });
  await queueMail(tx, context, verificationMail({ to, url: context.settings.APPLOYD_PUBLIC_URL, ...link }));
}
