import { mailContext, type Mail } from '@apployd/core/mail';
import type { TestServer } from './test-server.js';

/** What was queued for this address, oldest first. */
export async function mailsTo({ db, secretBox }: TestServer, address: string): Promise<Mail[]> {
  const rows = await db.mail.findMany({ orderBy: { id: 'asc' } });
  const mails = rows.map(({ id, sealed }) => JSON.parse(secretBox.open(sealed, mailContext(id))) as Mail);
  return mails.filter(({ to }) => to === address);
}

/** The secret of the link in the newest mail to this address that has one of this kind. */
export async function linkTo(server: TestServer, address: string, page: 'verify-email' | 'reset-password') {
  const links = (await mailsTo(server, address)).map(({ text }) => new RegExp(`/${page}/(\\S+)`).exec(text)?.[1]);
  const newest = links.filter(Boolean).at(-1);
  if (!newest) throw new Error(`${address} has no mail with a link to ${page}.`);
  return newest;
}
