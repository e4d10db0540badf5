import { newId } from '@apployd/core/id';
import { mailContext, type Mail } from '@apployd/core/mail';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';

/**
 * Writes a mail to each address with what it tells of: it is sent if that is true, and never else. Their ids, for the job that
 * sends them; an ask that is lost is found again by reconciling.
 */
export async function queueMails(
  { secretBox }: Pick<Engine, 'secretBox'>,
  tx: Transaction,
  addresses: readonly string[],
  write: (to: string) => Mail,
): Promise<readonly string[]> {
  const rows = addresses.map((address) => {
    const id = newId();
    return { id, sealed: secretBox.seal(JSON.stringify(write(address)), mailContext(id)) };
  });
  await tx.mail.createMany({ data: rows });
  return rows.map(({ id }) => id);
}
