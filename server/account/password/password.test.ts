import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '@apployd/backplane/log/logger';
import { newId } from '@apployd/core/id';
import { issues, mutate } from '../../testing/client.js';
import { aPerson, aToken, password, uuid, type Person } from '../../testing/make.js';
import { linkTo, mailsTo } from '../../testing/mails.js';
import { forgetSteps, isSignedIn, signInAs, verifyAs, withSecondFactor } from '../../testing/sign-in.js';
import { testServer, type TestServer } from '../../testing/test-server.js';
import { hashOfNobody, hashPassword } from './password.js';

const many = { burst: 10_000, refillMs: 1 };
const another = 'quite another password';
let server: TestServer;
let logged = '';
beforeAll(async () => {
  const log = createLogger({ name: 'server', level: 'trace', format: 'json', write: (line) => (logged += line) });
  server = await testServer({ log, attemptLimits: { signUp: many, reset: many, link: many } });
});
afterAll(() => server.close());

const change = ({ token }: Person, input: object) =>
  mutate(
    server,
    token,
    'accountPasswordChange',
    { currentPassword: password, newPassword: another, ...input },
    `... on AccountPasswordChangePayload { endedSessions replayed } ... on IdempotencyError { problem } ${issues}`,
  );
const requestReset = (email: string) =>
  mutate(
    server,
    undefined,
    'accountPasswordResetRequest',
    { email },
    `... on AccountPasswordResetRequestPayload { accepted } ${issues}`,
  );
const reset = (token: string, newPassword = another) =>
  mutate(
    server,
    undefined,
    'accountPasswordReset',
    { token, newPassword },
    `... on AccountPasswordResetPayload { reset } ${issues}`,
  );
const ended = { issues: [{ path: ['token'], rule: 'LINK_ENDED' }] };

describe('changing the password', () => {
  test('takes the current one, ends every other session, and is told by mail', async () => {
    const person = await aPerson(server);
    const [phone, laptop] = [await signInAs(server, person), await signInAs(server, person)];
    expect(await change(person, {})).toMatchObject({ endedSessions: 2, replayed: false });
    expect(await isSignedIn(server, person.token)).toBe(true);
    expect(await isSignedIn(server, phone.token)).toBe(false);
    expect(await isSignedIn(server, laptop.token)).toBe(false);
    expect(await signInAs(server, person)).toMatchObject({ issues: [{ rule: 'BAD_CREDENTIALS' }] });
    expect((await signInAs(server, person, another)).token).toBeTruthy();
    expect((await mailsTo(server, person.email)).at(-1)?.subject).toBe('Your password was changed');
  });

  test('is refused with a wrong password, a short one, or the same', async () => {
    const person = await aPerson(server);
    const refused = async (input: object) => (await change(person, input)).issues;
    expect(await refused({ currentPassword: 'wrong' })).toMatchObject([
      { path: ['currentPassword'], rule: 'BAD_PASSWORD' },
    ]);
    expect(await refused({ newPassword: 'short' })).toMatchObject([{ path: ['newPassword'], rule: 'TOO_SHORT' }]);
    expect(await refused({ newPassword: password })).toMatchObject([{ path: ['newPassword'], rule: 'UNCHANGED' }]);
    expect((await signInAs(server, person)).token).toBeTruthy();
  });

  test('happens once for its key, and another password under the key is refused', async () => {
    const person = await aPerson(server);
    const idempotencyKey = newId();
    expect(await change(person, { idempotencyKey })).toMatchObject({ replayed: false });
    expect(await change(person, { idempotencyKey })).toMatchObject({ replayed: true });
    const other = await change(person, { idempotencyKey, newPassword: 'a third password' });
    expect(other).toMatchObject({ code: 'IDEMPOTENCY', problem: 'KEY_REUSED' });
    expect((await mailsTo(server, person.email)).filter(({ subject }) => /was changed/.test(subject))).toHaveLength(1);
  });

  test('that happens twice at once happens once', async () => {
    const person = await aPerson(server);
    const results = await Promise.all(
      ['first password of two', 'second password of two'].map((newPassword) => change(person, { newPassword })),
    );
    expect(results.map(({ __typename }) => __typename).sort()).toEqual([
      'AccountPasswordChangePayload',
      'ValidationError',
    ]);
  });

  test('leaves no session to somebody who signs in with the former password at the same moment', async () => {
    const person = await aPerson(server);
    const [changed, ...entered] = await Promise.all([
      change(person, {}),
      ...Array.from({ length: 4 }, () => signInAs(server, person)),
    ]);
    expect(changed.__typename).toBe('AccountPasswordChangePayload');
    for (const { token } of entered) if (token) expect(await isSignedIn(server, token)).toBe(false);
  });

  test('is slowed down for who guesses the current one', async () => {
    const slow = await testServer({ attemptLimits: { signUp: many, password: { burst: 2, refillMs: 60_000 } } });
    const person = await aPerson(slow);
    const guess = () => {
      const input = { currentPassword: 'wrong', newPassword: another };
      return mutate(slow, person.token, 'accountPasswordChange', input, '');
    };
    await guess();
    await guess();
    await expect(guess()).rejects.toThrow(/RATE_LIMITED/);
    await slow.close();
  });

  test('is for people, not for tokens', async () => {
    const person = await aPerson(server);
    const token = await aToken(server, person, { scopes: ['ORG_WRITE'] });
    expect(await change({ ...person, token }, {})).toMatchObject({ code: 'FORBIDDEN' });
  });
});

test('a token spends none of the tries of its person', async () => {
  const one = { burst: 1, refillMs: 60_000 };
  const slow = await testServer({ attemptLimits: { signUp: many, password: one, code: one, verification: one } });
  const person = await aPerson(slow);
  const token = await aToken(slow, person, { scopes: ['ORG_WRITE'] });
  const inputs = {
    accountTwoFactorConfirm: { code: '000000' },
    accountVerificationSend: {},
    accountPasswordChange: { currentPassword: 'wrong', newPassword: another },
    accountUpdate: { email: `${newId()}@example.com`, password: 'wrong' },
  };
  for (const [field, input] of Object.entries(inputs))
    expect(await mutate(slow, token, field, input, '')).toMatchObject({ __typename: 'ForbiddenError' });
  for (const field of ['accountTwoFactorConfirm', 'accountVerificationSend', 'accountPasswordChange'] as const)
    expect((await mutate(slow, person.token, field, inputs[field], '')).__typename).not.toBe('ForbiddenError');
  await slow.close();
});

describe('asking for a reset', () => {
  test('answers a known and an unknown address alike, and writes to the known one alone', async () => {
    const { email } = await aPerson(server);
    const unknown = `${newId()}@example.com`;
    const known = await requestReset(` ${email.toUpperCase()}`);
    expect(known).toEqual({ __typename: 'AccountPasswordResetRequestPayload', accepted: true });
    expect(await requestReset(unknown)).toEqual(known);
    expect((await mailsTo(server, email)).map(({ subject }) => subject)).toContain('Reset your password');
    expect(await mailsTo(server, unknown)).toEqual([]);
    expect((await requestReset('nobody')).issues).toMatchObject([{ path: ['email'], rule: 'INVALID_FORMAT' }]);
  });

  test('is slowed down for one address, known or not, with the same answer', async () => {
    const slow = await testServer({ attemptLimits: { signUp: many, resetOfAccount: { burst: 1, refillMs: 60_000 } } });
    const { email } = await aPerson(slow);
    for (const address of [email, `${newId()}@example.com`]) {
      const ask = () => mutate(slow, undefined, 'accountPasswordResetRequest', { email: address }, '');
      await ask();
      await expect(ask()).rejects.toThrow(/RATE_LIMITED/);
    }
    expect((await mailsTo(slow, email)).filter(({ subject }) => /Reset/.test(subject))).toHaveLength(1);
    await slow.close();
  });
});

describe('a link that resets the password', () => {
  const linkFor = async ({ email }: Person) => {
    await requestReset(email);
    return linkTo(server, email, 'reset-password');
  };

  test('works once, ends every session and every other such link, and proves the address', async () => {
    const person = await aPerson(server);
    const [first, second] = [await linkFor(person), await linkFor(person)];
    expect(await reset(first, 'short')).toMatchObject({ issues: [{ path: ['newPassword'], rule: 'TOO_SHORT' }] });
    expect(await reset(first)).toMatchObject({ reset: true });
    expect(await reset(first, 'a third password')).toMatchObject(ended);
    expect(await reset(second, 'a third password')).toMatchObject(ended);
    expect(await isSignedIn(server, person.token)).toBe(false);
    expect(await signInAs(server, person)).toMatchObject({ code: 'VALIDATION' });
    expect((await signInAs(server, person, another)).token).toBeTruthy();
    const user = await server.db.user.findUniqueOrThrow({ where: { id: uuid(person.userId) } });
    expect(user.emailVerified).toBe(true);
    expect((await mailsTo(server, person.email)).at(-1)?.subject).toBe('Your password was reset');
  });

  test('used many times at once gives one change', async () => {
    const person = await aPerson(server);
    const link = await linkFor(person);
    const passwords = Array.from({ length: 5 }, (_, index) => `new password number ${index}`);
    const results = await Promise.all(passwords.map((newPassword) => reset(link, newPassword)));
    expect(results.filter((result) => result.reset)).toHaveLength(1);
    const good = passwords[results.findIndex((result) => result.reset)]!;
    expect((await signInAs(server, person, good)).token).toBeTruthy();
    const resets = await server.db.auditEvent.count({
      where: { userId: uuid(person.userId), action: 'accountPasswordReset' },
    });
    expect(resets).toBe(1);
  });

  test('ends after an hour, when the password is changed, and when it is made up or of another kind', async () => {
    const person = await aPerson(server);
    const link = await linkFor(person);
    const { expiresAt } = await server.db.accountLink.findFirstOrThrow({
      where: { userId: uuid(person.userId), purpose: 'RESET_PASSWORD' },
    });
    const minutes = (expiresAt.getTime() - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(55);
    expect(minutes).toBeLessThanOrEqual(60);
    const userId = uuid(person.userId);
    await server.db.accountLink.updateMany({ where: { userId }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await reset(link)).toMatchObject(ended);
    expect(await reset('made-up')).toMatchObject(ended);
    expect(await reset(await linkTo(server, person.email, 'verify-email'))).toMatchObject(ended);
    const next = await linkFor(person);
    await change(person, {});
    expect(await reset(next)).toMatchObject(ended);
  });

  test('leaves the second factor of a person whose address is verified', async () => {
    const person = await aPerson(server);
    await server.db.user.update({ where: { id: uuid(person.userId) }, data: { emailVerified: true } });
    const factor = await withSecondFactor(server, person);
    const token = await aToken(server, person, { scopes: ['ORG_READ'] });
    await reset(await linkFor(person));
    const { challenge } = await signInAs(server, person, another);
    await forgetSteps(server, person);
    expect((await verifyAs(server, challenge, await factor.code())).token).toBeTruthy();
    expect(await isSignedIn(server, token)).toBe(true);
  });

  test('leaves no way in to whoever made the account with an address that was not theirs', async () => {
    const squatter = await aPerson(server);
    await withSecondFactor(server, squatter);
    const token = await aToken(server, squatter, { scopes: ['ORG_READ'] });
    await reset(await linkFor(squatter));
    expect((await signInAs(server, squatter, another)).token).toBeTruthy();
    expect(await isSignedIn(server, token)).toBe(false);
    expect(await isSignedIn(server, squatter.token)).toBe(false);
  });
});

describe('a change of address that waits for its link', () => {
  const verify = (link: string, { token }: Pick<Person, 'token'>) =>
    mutate(
      server,
      token,
      'accountEmailVerify',
      { token: link },
      `... on AccountEmailVerifyPayload { email } ${issues}`,
    );
  const askForAddress = async ({ token }: Person) => {
    const email = `${newId()}@evil.example`;
    await mutate(server, token, 'accountUpdate', { email, password }, '');
    return linkTo(server, email, 'verify-email');
  };
  const emailOf = async ({ userId }: Person) =>
    (await server.db.user.findUniqueOrThrow({ where: { id: uuid(userId) } })).email;

  test('ends when the password is changed, so that who knew the former one does not get the account', async () => {
    const ada = await aPerson(server);
    const mallory = { ...ada, ...(await signInAs(server, ada)) };
    const link = await askForAddress(mallory);
    await change(ada, {});
    expect(await verify(link, ada)).toMatchObject(ended);
    expect(await emailOf(ada)).toBe(ada.email);
  });

  test('ends when the password is reset, so that who took the address first does not get the account back', async () => {
    const squatter = await aPerson(server);
    const link = await askForAddress(squatter);
    await requestReset(squatter.email);
    expect(await reset(await linkTo(server, squatter.email, 'reset-password'))).toMatchObject({ reset: true });
    const owner = await signInAs(server, squatter, another);
    expect(await verify(link, { token: owner.token })).toMatchObject(ended);
    expect(await emailOf(squatter)).toBe(squatter.email);
  });

  test('ends with signing out everywhere, while the link that verifies the present address stays', async () => {
    const person = await aPerson(server);
    const link = await askForAddress(person);
    await mutate(server, person.token, 'accountSignOutEverywhere', {}, '');
    expect(await verify(link, person)).toMatchObject(ended);
    const present = await linkTo(server, person.email, 'verify-email');
    expect(await verify(present, person)).toMatchObject({ email: person.email });
  });
});

describe('a sign-in that waits for its code', () => {
  const ends = { issues: [{ path: ['challenge'], rule: 'CHALLENGE_ENDED' }] };
  const aWaitingOne = async () => {
    const person = await aPerson(server);
    const { recoveryCodes } = await withSecondFactor(server, person);
    const { challenge } = await signInAs(server, person);
    return { person, finish: () => verifyAs(server, challenge, recoveryCodes[0]!) };
  };

  test('ends when its password is changed or reset, and with signing out everywhere', async () => {
    const changed = await aWaitingOne();
    await change(changed.person, {});
    expect(await changed.finish()).toMatchObject(ends);
    const forgotten = await aWaitingOne();
    const userId = uuid(forgotten.person.userId);
    await server.db.user.update({ where: { id: userId }, data: { emailVerified: true } });
    await requestReset(forgotten.person.email);
    await reset(await linkTo(server, forgotten.person.email, 'reset-password'));
    expect(await forgotten.finish()).toMatchObject(ends);
    const signedOut = await aWaitingOne();
    await mutate(server, signedOut.person.token, 'accountSignOutEverywhere', {}, '');
    expect(await signedOut.finish()).toMatchObject(ends);
  });

  test('gives no session that outlives a change of the password at the same moment', async () => {
    const { person, finish } = await aWaitingOne();
    const [changed, finished] = await Promise.all([change(person, {}), finish()]);
    expect(changed.__typename).toBe('AccountPasswordChangePayload');
    if (finished.token) expect(await isSignedIn(server, finished.token)).toBe(false);
    else expect(finished).toMatchObject(ends);
  });
});

test('where there is no account a password is compared with one of the same cost', async () => {
  const cost = (hash: string) => hash.split('$').slice(0, 4);
  expect(cost(hashOfNobody)).toEqual(cost(await hashPassword('any password')));
});

test('no password, token or link is ever in the log, whatever happens', async () => {
  const person = await aPerson(server);
  await change(person, { currentPassword: 'hunter22-wrong' });
  await change(person, { newPassword: 'hunter22-new-password' });
  await requestReset(person.email);
  const link = await linkTo(server, person.email, 'reset-password');
  await server.db.$executeRaw`ALTER TABLE "AccountLink" RENAME TO "AccountLinkAway"`;
  await expect(reset(link, 'hunter22-reset-password')).rejects.toThrow(/INTERNAL/);
  await server.db.$executeRaw`ALTER TABLE "AccountLinkAway" RENAME TO "AccountLink"`;
  await server.db.$executeRaw`ALTER TABLE "AuditEvent" RENAME TO "AuditEventAway"`;
  await expect(reset(link, 'hunter22-reset-password')).rejects.toThrow(/INTERNAL/);
  await expect(signInAs(server, person, 'hunter22-new-password')).rejects.toThrow(/INTERNAL/);
  await server.db.$executeRaw`ALTER TABLE "AuditEventAway" RENAME TO "AuditEvent"`;
  expect(logged).toMatch(/a request failed by our fault/);
  for (const secret of ['hunter22', password, another, link, person.token]) expect(logged).not.toContain(secret);
});
