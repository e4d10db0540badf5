import type { Transaction } from '@apployd/prisma/create-db';
import type { Context } from '../context.js';
import { queueMail } from '../mail/queue-mail.js';
import { noticeMail, type Happening } from './mails.js';

/** Tells the person by mail what has happened to their account; at the address given, else at the one they have. */
export async function queueNotice(
  tx: Transaction,
  context: Context,
  userId: string,
  what: Happening,
  address?: string,
): Promise<void> {
  const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
  const url = context.settings.APPLOYD_PUBLIC_URL;
  await queueMail(tx, context, noticeMail({ to: address ?? email, url, what, at: new Date() }));
}
