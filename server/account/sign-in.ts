import { publicId } from '@apployd/core/id';
import { ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { isAPIError } from 'better-auth/api';
import { recordAudit } from '../audit/record.js';
import type { Context } from '../context.js';
import { challengeMs, createAuth } from './auth.js';
import { normalEmail } from './email.js';
import { lockAccount } from './lock-person.js';
import { provePassword } from './password/password.js';
import { challengeIn, SecondFactorNeeded } from './second-factor/challenge.js';
import { begun, enter, type Begun } from './session/begin.js';

/**
 * A new session. Throws SecondFactorNeeded where the account asks for a code besides the password. An unknown address and a wrong
 * password get the same answer, after the same work.
 */
export async function signIn(
  context: Context,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Begun> {
  const address = normalEmail(email);
  await context.attempts.signIn(context, address);
  if (address.length > 254 || address.includes('\0')) throw wrong();
  const { userId, hash } = await provePassword(context.db, { email: address }, password);
  if (userId === null || hash === null) throw await refused(context, userId);
  const body = { email: address, password };
  const entered = await context.db.$transaction((tx) => signInIn(tx, context, { userId, hash, body }), {
    maxWait: 5_000,
    timeout: 10_000,
  });
  if (entered === null) throw await refused(context, userId);
  if (entered instanceof SecondFactorNeeded) throw entered;
  enter(context, entered);
  return entered;
}

type Proven = {
  readonly userId: string;
  readonly hash: string;
  readonly body: { readonly email: string; readonly password: string };
};

/** Null when the password has been changed since it was looked at. The challenge is returned: it is to be kept. */
async function signInIn(tx: Transaction, context: Context, { userId, hash, body }: Proven) {
  await lockAccount(tx, userId);
  const { response, headers } = await createAuth(tx, context.settings, { provenHash: hash })
    .api.signInEmail({ body, returnHeaders: true })
    .catch((error: unknown) => {
      if (isAPIError(error) && error.statusCode === 401) return { response: null, headers: new Headers() };
      throw error;
    });
  if (response === null) return null;
  const cookies = headers.getSetCookie();
  if ('twoFactorRedirect' in response)
    return new SecondFactorNeeded(challengeIn(cookies), new Date(Date.now() + challengeMs));
  const session = await begun(tx, { token: response.token, cookies }, context);
  await noteSignIn(tx, context, session);
  return session;
}

/** In the account's own history. */
export async function noteSignIn(
  tx: Transaction,
  context: Context,
  { userId, sessionId }: Begun,
  secondFactor: 'TOTP' | 'RECOVERY_CODE' | null = null,
): Promise<void> {
  await recordAudit(tx, {
    organizationId: null,
    action: 'account.signedIn',
    by: { userId, credential: { kind: 'session', id: sessionId } },
    from: context,
    target: publicId('Session', sessionId),
    after: { secondFactor },
  });
}

/** Recorded for unknown addresses too, though nobody's: the answer must not take longer where there is an account. */
async function refused(context: Context, userId: string | null): Promise<ValidationError> {
  await recordAudit(context.db, {
    organizationId: null,
    action: 'account.signInRefused',
    by: userId === null ? null : { userId },
    from: context,
    target: userId === null ? null : publicId('User', userId),
    after: { reason: 'BAD_CREDENTIALS' },
  });
  return wrong();
}

function wrong(): ValidationError {
  const message = 'This e-mail address and password do not belong together.';
  return new ValidationError([{ path: [], rule: 'BAD_CREDENTIALS', message }]);
}
