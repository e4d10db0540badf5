import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { asPerson, type Done } from '../../access/perform.js';
import type { Context } from '../../context.js';
import { performOnAccount } from '../perform-on-account.js';
import { provePassword, wrongPassword } from './password.js';

export type ProvenAct = {
  readonly mutation: string;
  readonly input: object & { readonly idempotencyKey?: string | null };
  readonly password: string;
  /** Where in the input the password stands. */
  readonly field: string;
};

/** A change of the viewer's own account that asks for the password once more. `work` is handed the hash that it belongs to. */
export async function performProven<Result extends Prisma.InputJsonObject>(
  context: Context,
  { mutation, input, password, field }: ProvenAct,
  work: (tx: Transaction, provenHash: string) => Promise<Done<Result>>,
) {
  const { userId } = await asPerson(context, mutation);
  await context.attempts.password(userId);
  const { hash } = await provePassword(context.db, { id: userId }, password);
  return performOnAccount(context, { mutation, input }, async (tx) => {
    if (hash === null || !(await isStillKept(tx, userId, hash))) throw wrongPassword(field);
    return work(tx, hash);
  });
}

/** It may have been changed since it was looked at. */
async function isStillKept(tx: Transaction, userId: string, hash: string): Promise<boolean> {
  return (await tx.account.count({ where: { userId, providerId: 'credential', password: hash } })) > 0;
}
