import { newId } from '@apployd/core/id';
import { mailContext, type Mail } from '@apployd/core/mail';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Services } from '../context.js';

/** Writes a mail in the transaction of what it tells of: it is sent when that is true, and never else. Its id. */
export async function queueMail(
  tx: Transaction,
  { secretBox }: Pick<Services, 'secretBox'>,
  mail: Mail,
): Promise<string> {
  const id = newId();
  await tx.mail.create({ data: { id, sealed: secretBox.seal(JSON.stringify(mail), mailContext(id)) } });
  return id;
}
