import type { Transaction } from '@apployd/prisma/create-db';
import type { Viewer } from '../access/viewer.js';
import { requestError } from '../request-error.js';

/**
 * Has everybody who changes this person's account wait for the end of the transaction: passwords, sessions, codes and
 * links are looked at and changed one after the other. Refuses a session that another one has ended meanwhile.
 */
export async function lockPerson(tx: Transaction, { userId, credential }: Pick<Viewer, 'userId' | 'credential'>) {
  await lockAccount(tx, userId);
  if (credential.kind !== 'session') return;
  const where = { id: credential.id, expiresAt: { gt: new Date() } };
  if (await tx.session.findFirst({ where, select: { id: true } })) return;
  throw requestError('UNAUTHENTICATED', 'This session has ended meanwhile. Sign in again.', { reason: 'EXPIRED' });
}

/** For who has not signed in, such as with a link from a mail. */
export async function lockAccount(tx: Transaction, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "User" WHERE "id" = ${userId}::uuid FOR NO KEY UPDATE`;
}
