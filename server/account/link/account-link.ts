import { ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import type { AccountLink, AccountLinkPurpose } from '@apployd/prisma/generated/client/client';
import { hashSecret, newSecret } from '../../secret.js';
import { lockAccount } from '../lock-person.js';

const lifeMs: Record<AccountLinkPurpose, number> = {
  VERIFY_EMAIL: 24 * 60 * 60_000,
  RESET_PASSWORD: 60 * 60_000,
};

type NewLink = Pick<AccountLink, 'userId' | 'purpose' | 'email'>;

/** The secret of a new link, for a mail to this address alone, and when it ends. Those of before stay good until they end. */
export async function makeLink(
  tx: Transaction,
  link: NewLink,
): Promise<{ readonly secret: string; readonly expiresAt: Date }> {
  const now = new Date();
  await tx.accountLink.deleteMany({ where: { expiresAt: { lt: now } } });
  const secret = newSecret();
  const expiresAt = new Date(now.getTime() + lifeMs[link.purpose]);
  await tx.accountLink.create({ data: { ...link, secretHash: hashSecret(secret), expiresAt } });
  return { secret, expiresAt };
}

/** The link with this secret while it is good, or the refusal that says what to do. */
export async function findLink(
  db: Pick<Transaction, 'accountLink'>,
  secret: string,
  purpose: AccountLinkPurpose,
): Promise<AccountLink> {
  const link = await db.accountLink.findUnique({ where: { secretHash: hashSecret(secret) } });
  if (!link || link.purpose !== purpose || link.expiresAt <= new Date()) throw ended();
  return link;
}

/** Uses a link up, and holds the account until the end of the transaction. Of several at the same moment one gets it. */
export async function takeLink(tx: Transaction, secret: string, purpose: AccountLinkPurpose): Promise<AccountLink> {
  const link = await findLink(tx, secret, purpose);
  await lockAccount(tx, link.userId);
  const { count } = await tx.accountLink.deleteMany({ where: { secretHash: link.secretHash } });
  if (count === 0) throw ended();
  return link;
}

function ended(): ValidationError {
  const message = 'This link was used already, has expired, or is not whole. Ask for another.';
  return new ValidationError([{ path: ['token'], rule: 'LINK_ENDED', message }]);
}
