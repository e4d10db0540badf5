import { within } from '@apployd/backplane/within';
import { newId } from '@apployd/core/id';
import { mailContext, type Mail } from '@apployd/core/mail';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Context } from '../context.js';

/**
 * Writes a mail in the transaction of what it tells of: it is sent when that is true, and never else. Whoever opened the
 * transaction asks for it afterwards, as `perform` does.
 */
export async function queueMail(
  tx: Transaction,
  { secretBox, queuedMail }: Pick<Context, 'secretBox' | 'queuedMail'>,
  mail: Mail,
): Promise<void> {
  const id = newId();
  await tx.mail.create({ data: { id, sealed: secretBox.seal(JSON.stringify(mail), mailContext(id)) } });
  queuedMail.push(id);
}

/**
 * Asks for what this request has queued, once that is committed. Nobody waits for it: a queue that does not answer must
 * not tell that there was a mail, and an ask that is lost is found again by the engine's reconciling.
 */
export function askForQueuedMail({ jobs, log, queuedMail }: Pick<Context, 'jobs' | 'log' | 'queuedMail'>): void {
  for (const mailId of queuedMail.splice(0)) {
    within(5_000, jobs.ask('mail', mailId), 'The queue').catch((error: unknown) => {
      log.warn({ err: error, mailId }, 'could not ask for a mail; reconciling will');
    });
  }
}
