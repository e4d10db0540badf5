import { mailContext, type Mail } from '@apployd/core/mail';
import type { TestServer } from './test-server.js';

/** The mails that wait for being sent to an address, oldest first. */
export async function mailsTo({ db, secretBox }: TestServer, email: string): Promise<readonly Mail[]> {
  const rows = await db.mail.findMany({ orderBy: { id: 'asc' } });
  const mails = rows.map(({ id, sealed }) => JSON.parse(secretBox.open(sealed, mailContext(id))) as Mail);
  return mails.filter(({ to }) => to === email);
}
