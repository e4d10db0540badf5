import { newId } from '@apployd/core/id';
import { mailContext, type Mail } from '@apployd/core/mail';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';

/**
 * Writes a mail to everybody who sees to an organization's bill, with what it tells of: it is sent if that is true, and never
 * else. Their ids, for the job that sends them.
 */
export async function mailPayers(
  { secretBox }: Engine,
  tx: Transaction,
  organizationId: string,
  write: (to: string) => Mail,
): Promise<readonly string[]> {
  const members = await tx.membership.findMany({
    where: { organizationId, role: { in: ['OWNER', 'BILLING'] } },
    select: { user: { select: { email: true } } },
  });
  const rows = members.map(({ user }) => {
    const id = newId();
    return { id, sealed: secretBox.seal(JSON.stringify(write(user.email)), mailContext(id)) };
  });
  await tx.mail.createMany({ data: rows });
  return rows.map(({ id }) => id);
}
