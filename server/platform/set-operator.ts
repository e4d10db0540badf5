import { publicId } from '@apployd/core/id';
import { InvalidStateError, NotFoundError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { performAsOperator } from '../access/perform.js';
import { sendsMails } from '../access/require-verified.js';
import { signedIn, type Context } from '../context.js';
import { requireId } from '../lookup.js';
import { withinTransaction } from '../member/members.js';

export type OperatorSetInput = {
  readonly user: { readonly id?: string | null; readonly email?: string | null };
  readonly isOperator: boolean;
  readonly idempotencyKey?: string | null;
};

/** Makes somebody an operator, or no operator any more. One always remains. */
export async function setOperator(context: Context, input: OperatorSetInput) {
  const viewer = signedIn(context);
  const { isOperator } = input;
  const act = { mutation: 'operatorSet', input, organizationId: null };
  return performAsOperator(context, act, async (tx) => {
    const operators = await lockOperators(tx);
    await withinTransaction(tx, viewer).requireOperator();
    const { id: userId, emailVerified } = await lookUpUser(tx, input.user);
    if (isOperator && !emailVerified && sendsMails(context.settings)) throw unverified();
    if (!isOperator && operators.length === 1 && operators[0] === userId) throw lastOperator();
    await tx.user.update({ where: { id: userId }, data: { isOperator } });
    const [before, after] = [{ isOperator: operators.includes(userId) }, { isOperator }];
    return { result: { userId }, audit: { target: publicId('User', userId), before, after } };
  });
}

/** Those who are operators until the transaction ends: nobody else unmakes one meanwhile. */
async function lockOperators(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "User" WHERE "isOperator" ORDER BY "id" FOR NO KEY UPDATE`;
  return rows.map(({ id }) => id);
}

async function lookUpUser(tx: Transaction, { id, email }: OperatorSetInput['user']) {
  const where = id == null ? { email: (email ?? '').trim().toLowerCase() } : { id: requireId('User', id) };
  const user = await tx.user.findFirst({ where, select: { id: true, emailVerified: true } });
  if (!user) throw new NotFoundError('user', id ?? null);
  return user;
}

/** Anybody can sign up with the address of somebody who is to be trusted. */
function unverified(): InvalidStateError {
  const message =
    'The e-mail address of this account is not verified, so it may be somebody else who made it. Have them open the link that was sent to it first.';
  return new InvalidStateError(message, 'UNVERIFIED', ['VERIFIED']);
}

function lastOperator(): InvalidStateError {
  const message = 'This is the last operator. Make somebody else one first.';
  return new InvalidStateError(message, 'LAST_OPERATOR', ['SEVERAL_OPERATORS']);
}
