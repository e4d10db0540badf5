import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { performAsPerson, type Done } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { lockPerson } from './lock-person.js';

export type AccountAct = {
  readonly mutation: string;
  readonly input: object & { readonly idempotencyKey?: string | null };
};

/** A change of the viewer's own account: one after the other, and by a session that nobody has ended meanwhile. */
export function performOnAccount<Result extends Prisma.InputJsonObject>(
  context: Context,
  act: AccountAct,
  work: (tx: Transaction) => Promise<Done<Result>>,
) {
  const viewer = signedIn(context);
  return performAsPerson(context, act, async (tx) => {
    await lockPerson(tx, viewer);
    return work(tx);
  });
}
