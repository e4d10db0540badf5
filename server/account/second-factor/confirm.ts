import { publicId } from '@apployd/core/id';
import { InvalidStateError, ValidationError } from '@apployd/core/refusal';
import { asPerson } from '../../access/perform.js';
import type { Context } from '../../context.js';
import { performOnAccount } from '../perform-on-account.js';
import { queueNotice } from '../queue-notice.js';
import { endSessions } from '../session/sign-out-everywhere.js';
import { alreadyOn } from './enable.js';
import { stepOf, useUp } from './totp.js';

export type TwoFactorConfirmInput = { readonly code: string; readonly idempotencyKey?: string | null };

/** Turns the second factor on: the first code shows that the authenticator has its secret. Sessions without it end. */
export async function confirmTwoFactor(context: Context, input: TwoFactorConfirmInput) {
  const { userId, credential } = await asPerson(context, 'accountTwoFactorConfirm');
  await context.attempts.code(context, userId);
  const act = { mutation: 'accountTwoFactorConfirm', input } as const;
  return performOnAccount(context, act, async (tx) => {
    const { twoFactorEnabled } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (twoFactorEnabled) throw alreadyOn();
    const factor = await tx.twoFactor.findFirst({ where: { userId } });
    if (!factor) throw notBegun();
    const step = await stepOf(context.auth, factor, input.code.replace(/\s/g, ''));
    if (step === null) throw wrongCode();
    await useUp(tx, factor, step);
    await tx.twoFactor.update({ where: { id: factor.id }, data: { verified: true } });
    await tx.user.update({ where: { id: userId }, data: { twoFactorEnabled: true } });
    const endedSessions = await endSessions(tx, userId, credential.id);
    await queueNotice(tx, context, userId, 'twoFactorEnabled');
    return { result: {}, audit: { target: publicId('User', userId), after: { endedSessions } } };
  });
}

function notBegun(): InvalidStateError {
  const message = 'No second factor was begun. Ask for its secret with accountTwoFactorEnable first.';
  return new InvalidStateError(message, 'OFF', ['BEGUN']);
}

function wrongCode(): ValidationError {
  const message = 'This code is not right. Give the one that your authenticator shows now; its clock must be right.';
  return new ValidationError([{ path: ['code'], rule: 'BAD_CODE', message }]);
}
