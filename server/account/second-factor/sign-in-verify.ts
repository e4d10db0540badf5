import { publicId } from '@apployd/core/id';
import { ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { isAPIError } from 'better-auth/api';
import { recordAudit } from '../../audit/record.js';
import type { Context } from '../../context.js';
import { createAuth, type Auth } from '../auth.js';
import { lockAccount } from '../lock-person.js';
import { begun, enter, type Begun } from '../session/begin.js';
import { noteSignIn } from '../sign-in.js';
import { headersOf, identifierOf } from './challenge.js';
import { readRecoveryCode } from './recovery-code.js';
import { stepOf, useUp, wasUsed } from './totp.js';

export type SignInVerifyInput = {
  readonly challenge: string;
  /** Six digits of an authenticator, or a recovery code. */
  readonly code: string;
};

/** The session that the right password and a code make. A code is taken once, and a challenge bears five wrong ones. */
export async function verifySignIn(context: Context, input: SignInVerifyInput): Promise<Begun> {
  const auth = context.auth;
  const userId = await whose(auth, input.challenge);
  await context.attempts.code(context, userId ?? 'nobody');
  if (userId === null) throw refusal('CHALLENGE_ENDED');
  // Refusals are returned, not thrown: a wrong code is to be counted.
  const outcome = await context.db.$transaction((tx) => verifyIn(tx, context, userId, input), {
    maxWait: 5_000,
    timeout: 10_000,
  });
  if (typeof outcome === 'string') throw refusal(outcome);
  enter(context, outcome);
  return outcome;
}

/** The person who has given the right password; null when the challenge has ended. */
async function whose(auth: Auth, challenge: string): Promise<string | null> {
  const { internalAdapter } = await auth.$context;
  const kept = await internalAdapter.findVerificationValue(identifierOf(challenge));
  return kept && kept.expiresAt > new Date() ? kept.value : null;
}

type Refused = keyof typeof sentences;

async function verifyIn(
  tx: Transaction,
  context: Context,
  userId: string,
  { challenge, code }: SignInVerifyInput,
): Promise<Begun | Refused> {
  await lockAccount(tx, userId);
  const auth = createAuth(tx, context.settings);
  const recoveryCode = readRecoveryCode(code);
  const headers = headersOf(challenge);
  const made = await (recoveryCode === null
    ? byTotp(tx, auth, userId, code.replace(/\s/g, ''), headers)
    : byRecoveryCode(auth, recoveryCode, headers));
  if (typeof made === 'string') {
    await noteRefused(tx, context, userId, made);
    return made;
  }
  const session = await begun(tx, made, context);
  await noteSignIn(tx, context, session, recoveryCode === null ? 'TOTP' : 'RECOVERY_CODE');
  return session;
}

type Made = { readonly token: string; readonly cookies: readonly string[] };

async function byTotp(
  tx: Transaction,
  auth: Auth,
  userId: string,
  code: string,
  headers: Headers,
): Promise<Made | Refused> {
  const factor = await tx.twoFactor.findFirst({ where: { userId, verified: true } });
  if (!factor) return 'CHALLENGE_ENDED';
  const step = await stepOf(auth, factor, code);
  if (step !== null && wasUsed(factor, step)) return 'BAD_CODE';
  const made = await asked(auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true }));
  if (typeof made !== 'string') await useUp(tx, factor, step);
  return made;
}

function byRecoveryCode(auth: Auth, code: string, headers: Headers): Promise<Made | Refused> {
  return asked(auth.api.verifyBackupCode({ body: { code }, headers, returnHeaders: true }));
}

type Answer = { readonly response: { readonly token?: string | undefined }; readonly headers: Headers };

/** What better-auth made of a code, or which refusal its error is. */
async function asked(answer: Promise<Answer>): Promise<Made | Refused> {
  try {
    const { response, headers } = await answer;
    if (!response.token) throw new Error('A right code gave no session.');
    return { token: response.token, cookies: headers.getSetCookie().filter((cookie) => cookie.includes('session')) };
  } catch (error) {
    const code = isAPIError(error) ? error.body?.code : undefined;
    const refused = code === undefined ? undefined : refusals[code];
    if (refused === undefined) throw error;
    return refused;
  }
}

const refusals: Readonly<Record<string, Refused>> = {
  INVALID_CODE: 'BAD_CODE',
  INVALID_BACKUP_CODE: 'BAD_CODE',
  INVALID_TWO_FACTOR_COOKIE: 'CHALLENGE_ENDED',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'CHALLENGE_ENDED',
  TOTP_NOT_ENABLED: 'CHALLENGE_ENDED',
  BACKUP_CODES_NOT_ENABLED: 'CHALLENGE_ENDED',
  ACCOUNT_TEMPORARILY_LOCKED: 'LOCKED',
};

async function noteRefused(tx: Transaction, context: Context, userId: string, reason: Refused): Promise<void> {
  await recordAudit(tx, {
    organizationId: null,
    action: 'account.signInRefused',
    by: { userId },
    from: context,
    target: publicId('User', userId),
    after: { reason },
  });
}

const sentences = {
  BAD_CODE: 'This code is wrong, or was used already. Take the next one that your authenticator shows.',
  CHALLENGE_ENDED: 'This sign-in has taken too long, or had too many wrong codes. Begin again with the password.',
  LOCKED: 'Too many wrong codes were given. Try again in a quarter of an hour.',
} as const;

function refusal(rule: Refused): ValidationError {
  const path = rule === 'BAD_CODE' ? ['code'] : ['challenge'];
  return new ValidationError([{ path, rule, message: sentences[rule] }]);
}
