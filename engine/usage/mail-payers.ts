import type { Mail } from '@apployd/core/mail';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Engine } from '../engine.js';
import { queueMails } from '../mail/queue-mails.js';

/** Writes a mail to everybody who sees to an organization's bill, as `queueMails` does. */
export async function mailPayers(
  engine: Engine,
  tx: Transaction,
  organizationId: string,
  write: (to: string) => Mail,
): Promise<readonly string[]> {
  const members = await tx.membership.findMany({
    where: { organizationId, role: { in: ['OWNER', 'BILLING'] } },
    select: { user: { select: { email: true } } },
  });
  return queueMails(
    engine,
    tx,
    members.map(({ user }) => user.email),
    write,
  );
}
