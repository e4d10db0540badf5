import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { createAuth } from '../auth.js';
import { ask, askAsPage, issues, mutate } from '../../testing/client.js';
import { aPerson, password, uuid, type Person } from '../../testing/make.js';
import { mailsTo } from '../../testing/mails.js';
import { codeOf, forgetSteps, isSignedIn, signInAs, verifyAs, withSecondFactor } from '../../testing/sign-in.js';
import { testServer, testSettings, type TestServer } from '../../testing/test-server.js';
import { newRecoveryCodes, readRecoveryCode } from './recovery-code.js';

const many = { burst: 10_000, refillMs: 1 };
const generous = { signUp: many, signIn: many, signInToAccount: many, code: many, password: many };
let server: TestServer;
beforeAll(async () => {
  server = await testServer({ attemptLimits: generous });
});
afterAll(() => server.close());

const enable = ({ token }: Person, input: object = {}) =>
  mutate(
    server,
    token,
    'accountTwoFactorEnable',
    { password, ...input },
    `... on AccountTwoFactorEnablePayload { otpauthUri recoveryCodes replayed } ... on InvalidStateError { currentState } ${issues}`,
  );
const confirm = ({ token }: Person, code: string) =>
  mutate(
    server,
    token,
    'accountTwoFactorConfirm',
    { code },
    `... on AccountTwoFactorConfirmPayload { replayed } ... on InvalidStateError { currentState } ${issues}`,
  );
const disable = ({ token }: Person, input: object = {}) =>
  mutate(
    server,
    token,
    'accountTwoFactorDisable',
    { password, ...input },
    `... on AccountTwoFactorDisablePayload { replayed } ... on InvalidStateError { currentState } ${issues}`,
  );
const renew = ({ token }: Person, input: object = {}) =>
  mutate(
    server,
    token,
    'accountRecoveryCodesRegenerate',
    { password, ...input },
    `... on AccountRecoveryCodesRegeneratePayload { recoveryCodes replayed } ... on InvalidStateError { currentState } ${issues}`,
  );
const accountOf = async ({ token }: Person) =>
  (await ask(server, '{ viewer { account { hasTwoFactor recoveryCodesLeft } } }', {}, { token })).data.viewer.account;
const challengeOf = async (person: Person) => (await signInAs(server, person)).challenge as string;
const badCode = { issues: [{ path: ['code'], rule: 'BAD_CODE' }] };
const challengeEnded = { issues: [{ path: ['challenge'], rule: 'CHALLENGE_ENDED' }] };
/** Six digits that are no code of these minutes. */
const wrongCode = async (uri: string) => {
  const near = await Promise.all([-2, -1, 0, 1, 2].map((away) => codeOf(uri, away)));
  return ['000000', '000001', '000002', '000003', '000004', '000005'].find((code) => !near.includes(code))!;
};

describe('turning a second factor on', () => {
  test('gives an authenticator its secret, and counts from the first code on', async () => {
    const person = await aPerson(server);
    const { otpauthUri, recoveryCodes } = await enable(person);
    expect(otpauthUri).toMatch(/^otpauth:\/\/totp\/Apployd%20\(platform\.test%3A8080\):/);
    expect(decodeURIComponent(otpauthUri)).toContain(person.email);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await accountOf(person)).toEqual({ hasTwoFactor: false, recoveryCodesLeft: null });
    expect((await signInAs(server, person)).token).toBeTruthy();
    expect(await confirm(person, await wrongCode(otpauthUri))).toMatchObject(badCode);
    expect((await signInAs(server, person)).token).toBeTruthy();
    const code = await codeOf(otpauthUri);
    expect(await confirm(person, `${code.slice(0, 3)} ${code.slice(3)}`)).toMatchObject({ replayed: false });
    expect(await accountOf(person)).toEqual({ hasTwoFactor: true, recoveryCodesLeft: 10 });
    expect((await signInAs(server, person)).__typename).toBe('AccountSignInChallenge');
    expect(await isSignedIn(server, person.token)).toBe(true);
    expect((await mailsTo(server, person.email)).at(-1)?.subject).toBe('Signing in asks for a code now');
  });

  test('ends every other session, which had been begun without a code', async () => {
    const person = await aPerson(server);
    const { token } = await signInAs(server, person);
    const { otpauthUri } = await enable(person);
    expect(await isSignedIn(server, token)).toBe(true);
    await confirm(person, await codeOf(otpauthUri));
    expect(await isSignedIn(server, token)).toBe(false);
    expect(await isSignedIn(server, person.token)).toBe(true);
  });

  test('takes the password, and is begun anew as long as it is not on', async () => {
    const person = await aPerson(server);
    const wrong = await enable(person, { password: 'not the password' });
    expect(wrong.issues).toMatchObject([{ path: ['password'], rule: 'BAD_PASSWORD' }]);
    expect(await confirm(person, '123456')).toMatchObject({ code: 'INVALID_STATE', currentState: 'OFF' });
    const first = await enable(person);
    const second = await enable(person);
    expect(await confirm(person, await codeOf(first.otpauthUri))).toMatchObject(badCode);
    expect(await confirm(person, await codeOf(second.otpauthUri))).toMatchObject({ replayed: false });
    expect(await enable(person)).toMatchObject({ code: 'INVALID_STATE', currentState: 'ON' });
    expect(await confirm(person, await codeOf(second.otpauthUri))).toMatchObject({ currentState: 'ON' });
  });

  test('shows secret and codes once: on replay they are null', async () => {
    const person = await aPerson(server);
    const key = { idempotencyKey: newId() };
    expect((await enable(person, key)).recoveryCodes).toHaveLength(10);
    expect(await enable(person, key)).toMatchObject({ otpauthUri: null, recoveryCodes: null, replayed: true });
    const kept = await server.db.idempotencyKey.findMany({ where: { principalId: uuid(person.userId) } });
    expect(kept.map(({ result }) => result)).toEqual([{}]);
  });

  test('many times at once leaves one secret', async () => {
    const person = await aPerson(server);
    await Promise.all(Array.from({ length: 4 }, () => enable(person)));
    expect(await server.db.twoFactor.count({ where: { userId: uuid(person.userId) } })).toBe(1);
  });

  test('keeps neither the secret nor the codes readable', async () => {
    const person = await aPerson(server);
    const { uri, recoveryCodes } = await withSecondFactor(server, person);
    const [row] = await server.db.twoFactor.findMany({ where: { userId: uuid(person.userId) } });
    const kept = JSON.stringify(row);
    expect(kept).not.toContain(new URL(uri).searchParams.get('secret'));
    for (const code of recoveryCodes) expect(kept).not.toContain(code);
  });
});

describe('signing in with a second factor', () => {
  test('gives no session, no cookie and no entry before the code', async () => {
    const person = await aPerson(server);
    await withSecondFactor(server, person);
    const document = 'mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { __typename } }';
    const { headers } = await ask(server, document, { input: { email: person.email, password } });
    expect(headers.getSetCookie()).toEqual([]);
    const userId = uuid(person.userId);
    expect(await server.db.session.count({ where: { userId } })).toBe(1);
    expect(await server.db.auditEvent.count({ where: { userId, action: 'account.signedIn' } })).toBe(0);
    const wrong = await signInAs(server, person, 'not the password');
    expect(wrong).toMatchObject({ issues: [{ rule: 'BAD_CREDENTIALS' }] });
  });

  test('ends in a session, by bearer and by cookie', async () => {
    const person = await aPerson(server);
    const { code } = await withSecondFactor(server, person);
    const document = `mutation ($input: AccountSignInVerifyInput!) { result: accountSignInVerify(input: $input) {
      ... on AccountSignInPayload { token viewer { user { email } } } } }`;
    const input = { challenge: await challengeOf(person), code: await code() };
    const { data, headers } = await ask(server, document, { input });
    expect(data.result.viewer.user.email).toBe(person.email);
    expect(await isSignedIn(server, data.result.token)).toBe(true);
    const cookies = headers.getSetCookie();
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(/^apployd\.session_token=.*HttpOnly.*SameSite=Lax/i);
    expect((await askAsPage(server, 'Viewer', {}, cookies[0]!)).status).toBe(200);
  });

  test('takes a challenge once, and none that is made up or has expired', async () => {
    const person = await aPerson(server);
    const { code } = await withSecondFactor(server, person);
    const challenge = await challengeOf(person);
    expect((await verifyAs(server, challenge, await code())).token).toBeTruthy();
    await forgetSteps(server, person);
    expect(await verifyAs(server, challenge, await code())).toMatchObject(challengeEnded);
    expect(await verifyAs(server, 'made.up', await code())).toMatchObject(challengeEnded);
    const unsigned = `${(await challengeOf(person)).split('.')[0]}.forged`;
    expect(await verifyAs(server, unsigned, await code())).toMatchObject(challengeEnded);
    const late = await challengeOf(person);
    await server.db.verification.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await verifyAs(server, late, await code())).toMatchObject(challengeEnded);
  });

  test('takes a code once, also within its half minute, and none from before it', async () => {
    const person = await aPerson(server);
    const { uri } = await withSecondFactor(server, person);
    const seen = await codeOf(uri);
    expect((await verifyAs(server, await challengeOf(person), seen)).token).toBeTruthy();
    expect(await verifyAs(server, await challengeOf(person), seen)).toMatchObject(badCode);
    expect(await verifyAs(server, await challengeOf(person), await codeOf(uri, -1))).toMatchObject(badCode);
    expect((await verifyAs(server, await challengeOf(person), await codeOf(uri, 1))).token).toBeTruthy();
  });

  test('does not take the code that has turned it on', async () => {
    const person = await aPerson(server);
    const { otpauthUri } = await enable(person);
    const seen = await codeOf(otpauthUri);
    await confirm(person, seen);
    expect(await verifyAs(server, await challengeOf(person), seen)).toMatchObject(badCode);
  });

  test('many times at once with one code gives one session', async () => {
    const person = await aPerson(server);
    const { code } = await withSecondFactor(server, person);
    const challenges = [await challengeOf(person), await challengeOf(person), await challengeOf(person)];
    const seen = await code();
    const results = await Promise.all(challenges.map((challenge) => verifyAs(server, challenge, seen)));
    expect(results.filter(({ token }) => token)).toHaveLength(1);
  });

  test('bears five wrong codes, and then asks for the password again', async () => {
    const person = await aPerson(server);
    const { uri, code } = await withSecondFactor(server, person);
    const challenge = await challengeOf(person);
    const wrong = await wrongCode(uri);
    for (let i = 0; i < 5; i += 1) expect(await verifyAs(server, challenge, wrong)).toMatchObject(badCode);
    expect(await verifyAs(server, challenge, await code())).toMatchObject(challengeEnded);
    expect((await verifyAs(server, await challengeOf(person), await code())).token).toBeTruthy();
  });

  test('is locked for a while after ten wrong codes in a row, however many challenges', async () => {
    const person = await aPerson(server);
    const { uri, code, recoveryCodes } = await withSecondFactor(server, person);
    const wrong = await wrongCode(uri);
    for (let i = 0; i < 10; i += 1) await verifyAs(server, await challengeOf(person), wrong);
    const locked = { issues: [{ path: ['challenge'], rule: 'LOCKED' }] };
    expect(await verifyAs(server, await challengeOf(person), await code())).toMatchObject(locked);
    expect(await verifyAs(server, await challengeOf(person), recoveryCodes[0]!)).toMatchObject(locked);
  });

  test('is slowed down for one person', async () => {
    const slow = await testServer({ attemptLimits: { ...generous, code: { burst: 2, refillMs: 60_000 } } });
    const person = await aPerson(slow);
    await withSecondFactor(slow, person);
    const guess = async () => verifyAs(slow, (await signInAs(slow, person)).challenge, '000000');
    await guess();
    await expect(guess()).rejects.toThrow(/RATE_LIMITED/);
    await slow.close();
  });
});

describe('a recovery code', () => {
  test('signs in once, as it is typed, and there is one less', async () => {
    const person = await aPerson(server);
    const { recoveryCodes } = await withSecondFactor(server, person);
    const [first = '', second = ''] = recoveryCodes;
    const { token } = await verifyAs(server, await challengeOf(person), ` ${first.toUpperCase().replaceAll('-', ' ')}`);
    expect(await isSignedIn(server, token)).toBe(true);
    expect(await accountOf(person)).toEqual({ hasTwoFactor: true, recoveryCodesLeft: 9 });
    expect(await verifyAs(server, await challengeOf(person), first)).toMatchObject(badCode);
    expect((await verifyAs(server, await challengeOf(person), second)).token).toBeTruthy();
  });

  test('used many times at once gives one session', async () => {
    const person = await aPerson(server);
    const { recoveryCodes } = await withSecondFactor(server, person);
    const challenges = [await challengeOf(person), await challengeOf(person), await challengeOf(person)];
    const results = await Promise.all(challenges.map((challenge) => verifyAs(server, challenge, recoveryCodes[0]!)));
    expect(results.filter(({ token }) => token)).toHaveLength(1);
    expect((await accountOf(person)).recoveryCodesLeft).toBe(9);
  });

  test('is worth nothing once there are new ones, which are shown once and take the password', async () => {
    const person = await aPerson(server);
    const { recoveryCodes: former } = await withSecondFactor(server, person);
    expect((await renew(person, { password: 'not the password' })).issues).toMatchObject([{ rule: 'BAD_PASSWORD' }]);
    const key = { idempotencyKey: newId() };
    const { recoveryCodes } = await renew(person, key);
    expect(recoveryCodes).toHaveLength(10);
    expect(await renew(person, key)).toMatchObject({ recoveryCodes: null, replayed: true });
    expect(await verifyAs(server, await challengeOf(person), former[0]!)).toMatchObject(badCode);
    expect((await verifyAs(server, await challengeOf(person), recoveryCodes[0])).token).toBeTruthy();
    expect(await renew(await aPerson(server))).toMatchObject({ currentState: 'OFF' });
  });

  test('has letters that are not mistaken for each other, and is read however it is typed', () => {
    for (const code of newRecoveryCodes()) {
      expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){2}[0-9a-hjkmnp-tv-z]{4}$/);
      expect(readRecoveryCode(code)).toBe(code);
      expect(readRecoveryCode(` ${code.toUpperCase().replaceAll('-', '')} `)).toBe(code);
    }
    expect(readRecoveryCode('OI1L-0000-0000')).toBe('0111-0000-0000');
    for (const other of ['123456', '', 'abcd-efgh', 'uuuu-uuuu-uuuu', '0'.repeat(13)])
      expect(readRecoveryCode(other)).toBeNull();
  });
});

describe('turning it off', () => {
  test('ends every other session, but forgetting one that was only begun ends none', async () => {
    const person = await aPerson(server);
    const before = await signInAs(server, person);
    await enable(person);
    await disable(person);
    expect(await isSignedIn(server, before.token)).toBe(true);
    const { code } = await withSecondFactor(server, person);
    const { token } = await verifyAs(server, await challengeOf(person), await code());
    expect(await isSignedIn(server, token)).toBe(true);
    await disable(person);
    expect(await isSignedIn(server, token)).toBe(false);
    expect(await isSignedIn(server, person.token)).toBe(true);
  });

  test('takes the password, and the password alone signs in again', async () => {
    const person = await aPerson(server);
    const { recoveryCodes } = await withSecondFactor(server, person);
    const open = await challengeOf(person);
    expect((await disable(person, { password: 'not the password' })).issues).toMatchObject([{ rule: 'BAD_PASSWORD' }]);
    expect(await disable(person)).toMatchObject({ replayed: false });
    expect((await signInAs(server, person)).token).toBeTruthy();
    expect(await accountOf(person)).toEqual({ hasTwoFactor: false, recoveryCodesLeft: null });
    expect(await verifyAs(server, open, recoveryCodes[0]!)).toMatchObject({ code: 'VALIDATION' });
    expect(await disable(person)).toMatchObject({ code: 'INVALID_STATE', currentState: 'OFF' });
    expect((await mailsTo(server, person.email)).at(-1)?.subject).toBe('Signing in asks for no code any more');
  });
});

test('a second factor outlives the change of the platform’s secret, as long as the former one is kept', async () => {
  const person = await aPerson(server);
  await withSecondFactor(server, person);
  const { APPLOYD_SECRET: former } = testSettings;
  const next = 'another-secret-that-is-long-enough-as-well';
  const codesWith = async (APPLOYD_SECRET: string) =>
    (
      await createAuth(server.db, { ...testSettings, APPLOYD_SECRET }).api.viewBackupCodes({
        body: { userId: uuid(person.userId) },
      })
    ).backupCodes;
  expect(await codesWith(`${next},${former}`)).toHaveLength(10);
  await expect(codesWith(next)).rejects.toThrow(/retired/);
});
