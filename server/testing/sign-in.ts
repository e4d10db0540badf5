import { base32 } from '@better-auth/utils/base32';
import { createOTP } from '@better-auth/utils/otp';
import { ask, issues, mutate, type Data } from './client.js';
import { password, uuid, type Person } from './make.js';
import type { TestServer } from './test-server.js';

const session = '... on AccountSignInPayload { token viewer { user { email } } }';

/** The answer to a password: a session, a challenge, or issues. */
export function signInAs(server: TestServer, { email }: { readonly email: string }, secret = password): Promise<Data> {
  const challenge = '... on AccountSignInChallenge { challenge expiresAt }';
  return mutate(server, undefined, 'accountSignIn', { email, password: secret }, `${session} ${challenge} ${issues}`);
}

/** The answer to a code. */
export function verifyAs(server: TestServer, challenge: string, code: string): Promise<Data> {
  return mutate(server, undefined, 'accountSignInVerify', { challenge, code }, `${session} ${issues}`);
}

/** Turns a person's second factor on; what their authenticator and their drawer hold from then on. */
export async function withSecondFactor(server: TestServer, person: Person) {
  const begun = await mutate(
    server,
    person.token,
    'accountTwoFactorEnable',
    { password },
    '... on AccountTwoFactorEnablePayload { otpauthUri recoveryCodes }',
  );
  const uri = begun.otpauthUri as string;
  const recoveryCodes = begun.recoveryCodes as string[];
  const confirmed = await mutate(server, person.token, 'accountTwoFactorConfirm', { code: await codeOf(uri) }, '');
  if (confirmed.__typename !== 'AccountTwoFactorConfirmPayload') throw new Error(JSON.stringify(confirmed));
  await forgetSteps(server, person);
  return { uri, recoveryCodes, code: () => codeOf(uri) };
}

/** As if some time had passed since the last code. */
export async function forgetSteps({ db }: TestServer, { userId }: Person): Promise<void> {
  await db.twoFactor.updateMany({ where: { userId: uuid(userId) }, data: { lastUsedStep: null } });
}

/** What an authenticator shows, `away` times 30 seconds from now. */
export function codeOf(uri: string, away = 0): Promise<string> {
  const secret = new TextDecoder().decode(base32.decode(new URL(uri).searchParams.get('secret') ?? ''));
  return createOTP(secret).hotp(Math.floor(Date.now() / 30_000) + away);
}

/** Whether a token is good. */
export async function isSignedIn(server: TestServer, token: string): Promise<boolean> {
  return (await ask(server, '{ viewer { user { id } } }', {}, { token })).status === 200;
}
