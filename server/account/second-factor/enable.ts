import { publicId } from '@apployd/core/id';
import { InvalidStateError } from '@apployd/core/refusal';
import { isAPIError } from 'better-auth/api';
import { signedIn, type Context } from '../../context.js';
import { createAuth } from '../auth.js';
import { onlyCredentials } from '../authenticate.js';
import { performProven } from '../password/perform-proven.js';

export type WithPassword = { readonly password: string; readonly idempotencyKey?: string | null };

/** What is shown once, and null on replay. */
type NewFactor = { readonly otpauthUri: string | null; readonly recoveryCodes: readonly string[] | null };

/** Begins with a second factor: it counts once its first code has been given. Beginning again gives another secret. */
export async function enableTwoFactor(context: Context, input: WithPassword) {
  const { userId } = signedIn(context);
  const { password } = input;
  let shown: NewFactor = { otpauthUri: null, recoveryCodes: null };
  const act = { mutation: 'accountTwoFactorEnable', input, password, field: 'password' };
  const made = await performProven(context, act, async (tx, provenHash) => {
    const begun = await createAuth(tx, context.settings, { provenHash })
      .api.enableTwoFactor({ body: { password, method: 'totp' }, headers: onlyCredentials(context.headers) })
      .catch((error: unknown) => {
        throw isAPIError(error) && error.body?.code === 'TOTP_ALREADY_ENABLED' ? alreadyOn() : error;
      });
    if (begun.method !== 'totp') throw new Error('A second factor was begun that is none of ours.');
    shown = { otpauthUri: begun.totpURI, recoveryCodes: begun.backupCodes };
    await tx.twoFactor.updateMany({ where: { userId }, data: { lastUsedStep: null } });
    return { result: {}, audit: { target: publicId('User', userId) } };
  });
  return { ...made, ...shown };
}

export function alreadyOn(): InvalidStateError {
  return new InvalidStateError('The second factor is on. Turn it off first to begin with another.', 'ON', ['OFF']);
}

export function notOn(): InvalidStateError {
  return new InvalidStateError('The second factor is not on. Begin with accountTwoFactorEnable.', 'OFF', ['ON']);
}
