import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { ask, issues, mutate } from '../../testing/client.js';
import { aPerson, password, uuid, type Person } from '../../testing/make.js';
import { linkTo, mailsTo } from '../../testing/mails.js';
import { signInAs } from '../../testing/sign-in.js';
import { testServer, type TestServer } from '../../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await testServer({ attemptLimits: { signUp: many, verification: many, link: many } });
});
afterAll(() => server.close());

const many = { burst: 10_000, refillMs: 1 };
const verify = (link: string, { token }: Person) =>
  mutate(server, token, 'accountEmailVerify', { token: link }, `... on AccountEmailVerifyPayload { email } ${issues}`);
const send = ({ token }: Person, input: object = {}) =>
  mutate(
    server,
    token,
    'accountVerificationSend',
    input,
    '... on AccountVerificationSendPayload { sentTo replayed } ... on InvalidStateError { currentState }',
  );
const update = ({ token }: Person, input: object) =>
  mutate(
    server,
    token,
    'accountUpdate',
    input,
    `... on AccountUpdatePayload { verificationSentTo replayed viewer { user { name email } } } ${issues}`,
  );
const isVerified = async ({ token }: Person) =>
  (await ask(server, '{ viewer { account { isEmailVerified } } }', {}, { token })).data.viewer.account.isEmailVerified;
const ended = { issues: [{ path: ['token'], rule: 'LINK_ENDED' }] };

describe('a link that verifies an address', () => {
  test('comes with signing up, and works once', async () => {
    const person = await aPerson(server);
    expect(await isVerified(person)).toBe(false);
    const token = await linkTo(server, person.email, 'verify-email');
    expect(await verify(token, person)).toMatchObject({ email: person.email });
    expect(await isVerified(person)).toBe(true);
    expect(await verify(token, person)).toMatchObject(ended);
  });

  test('works once when it is opened many times at the same moment', async () => {
    const person = await aPerson(server);
    const token = await linkTo(server, person.email, 'verify-email');
    const results = await Promise.all(Array.from({ length: 5 }, () => verify(token, person)));
    expect(results.filter(({ email }) => email)).toHaveLength(1);
  });

  test('does nothing once it has expired, when it is made up, or when it is for something else', async () => {
    const person = await aPerson(server);
    const token = await linkTo(server, person.email, 'verify-email');
    await server.db.accountLink.updateMany({
      where: { userId: uuid(person.userId) },
      data: { expiresAt: new Date(Date.now() - 1) },
    });
    expect(await verify(token, person)).toMatchObject(ended);
    expect(await verify('made-up', person)).toMatchObject(ended);
    await mutate(server, undefined, 'accountPasswordResetRequest', { email: person.email }, '');
    expect(await verify(await linkTo(server, person.email, 'reset-password'), person)).toMatchObject(ended);
    expect(await isVerified(person)).toBe(false);
  });

  test('is sent again on demand, also where the first has expired, until the address is verified', async () => {
    const person = await aPerson(server);
    const first = await linkTo(server, person.email, 'verify-email');
    const key = { idempotencyKey: newId() };
    expect(await send(person, key)).toMatchObject({ sentTo: person.email, replayed: false });
    expect(await send(person, key)).toMatchObject({ sentTo: person.email, replayed: true });
    const second = await linkTo(server, person.email, 'verify-email');
    expect(await mailsTo(server, person.email)).toHaveLength(2);
    expect(second).not.toBe(first);
    expect(await verify(second, person)).toMatchObject({ email: person.email });
    expect(await send(person)).toMatchObject({ code: 'INVALID_STATE', currentState: 'VERIFIED' });
  });

  test('does nothing for who is signed in with another account, or not at all', async () => {
    const [squatter, owner] = [await aPerson(server), await aPerson(server)];
    const token = await linkTo(server, squatter.email, 'verify-email');
    expect(await verify(token, owner)).toMatchObject({ code: 'FORBIDDEN' });
    await expect(mutate(server, undefined, 'accountEmailVerify', { token }, '')).rejects.toThrow(/UNAUTHENTICATED/);
    expect(await isVerified(squatter)).toBe(false);
    expect(await verify(token, squatter)).toMatchObject({ email: squatter.email });
  });

  test('is kept as a hash', async () => {
    const person = await aPerson(server);
    const token = await linkTo(server, person.email, 'verify-email');
    const [row] = await server.db.accountLink.findMany({ where: { userId: uuid(person.userId) } });
    expect(Buffer.from(row!.secretHash).toString('latin1')).not.toContain(token);
    expect(await verify(Buffer.from(row!.secretHash).toString('base64url'), person)).toMatchObject(ended);
  });

  test('is sent a few times in a row and then no more for a while', async () => {
    const slow = await testServer({ attemptLimits: { signUp: many, verification: { burst: 2, refillMs: 60_000 } } });
    const person = await aPerson(slow);
    const sendSlow = () => mutate(slow, person.token, 'accountVerificationSend', {}, '');
    await sendSlow();
    await sendSlow();
    await expect(sendSlow()).rejects.toThrow(/RATE_LIMITED/);
    expect(await mailsTo(slow, person.email)).toHaveLength(3);
    await slow.close();
  });
});

describe('a person', () => {
  test('changes the name at once', async () => {
    const person = await aPerson(server);
    const changed = await update(person, { name: ' Ada Lovelace ' });
    expect(changed).toMatchObject({ verificationSentTo: null, viewer: { user: { name: 'Ada Lovelace' } } });
    expect((await update(person, { name: ' ' })).issues).toMatchObject([{ path: ['name'], rule: 'TOO_SHORT' }]);
  });

  test('changes the address with the password, once the new one is verified, and is told at the old one', async () => {
    const person = await aPerson(server);
    const email = `${newId()}@example.com`;
    const changed = await update(person, { email: ` ${email.toUpperCase()}`, password });
    expect(changed).toMatchObject({ verificationSentTo: email, viewer: { user: { email: person.email } } });
    expect(await signInAs(server, { email })).toMatchObject({ code: 'VALIDATION' });
    expect(await verify(await linkTo(server, email, 'verify-email'), person)).toMatchObject({ email });
    expect((await signInAs(server, { email })).token).toBeTruthy();
    expect(await signInAs(server, person)).toMatchObject({ code: 'VALIDATION' });
    const subjects = (await mailsTo(server, person.email)).map(({ subject }) => subject);
    expect(subjects).toEqual([
      'Verify your e-mail address',
      'Another e-mail address was asked for',
      'Your e-mail address was changed',
    ]);
  });

  test('is told at the present address as soon as another is asked for, while a new password still prevents it', async () => {
    const person = await aPerson(server);
    const email = `${newId()}@example.com`;
    await update(person, { email, password });
    expect((await mailsTo(server, person.email)).at(-1)?.text).toContain('/reset-password\n');
    await mutate(server, undefined, 'accountPasswordResetRequest', { email: person.email }, '');
    const input = { token: await linkTo(server, person.email, 'reset-password'), newPassword: 'quite another one' };
    await mutate(server, undefined, 'accountPasswordReset', input, '');
    const { token } = await signInAs(server, person, input.newPassword);
    expect(await verify(await linkTo(server, email, 'verify-email'), { ...person, token })).toMatchObject(ended);
  });

  test('whose address was changed cannot be reached by links that went to the former one', async () => {
    const person = await aPerson(server);
    const email = `${newId()}@example.com`;
    await mutate(server, undefined, 'accountPasswordResetRequest', { email: person.email }, '');
    const [reset, former] = [
      await linkTo(server, person.email, 'reset-password'),
      await linkTo(server, person.email, 'verify-email'),
    ];
    await update(person, { email, password });
    await verify(await linkTo(server, email, 'verify-email'), person);
    expect(await verify(former, person)).toMatchObject(ended);
    const input = { token: reset, newPassword: 'quite another one' };
    expect(await mutate(server, undefined, 'accountPasswordReset', input, issues)).toMatchObject(ended);
  });

  test('cannot change the address without the password', async () => {
    const person = await aPerson(server);
    const email = `${newId()}@example.com`;
    expect((await update(person, { email })).issues).toMatchObject([{ path: ['password'], rule: 'REQUIRED' }]);
    const wrong = await update(person, { email, password: 'not the password' });
    expect(wrong.issues).toMatchObject([{ path: ['password'], rule: 'BAD_PASSWORD' }]);
    expect(await mailsTo(server, email)).toEqual([]);
  });

  test('who wants an address that is taken learns nothing, and the one who has it is told', async () => {
    const [person, other] = [await aPerson(server), await aPerson(server)];
    const free = `${newId()}@example.com`;
    const wanted = await update(person, { email: other.email, password });
    expect(wanted).toEqual({ ...(await update(person, { email: free, password })), verificationSentTo: other.email });
    const subjects = (await mailsTo(server, other.email)).map(({ subject }) => subject);
    expect(subjects.at(-1)).toBe('This address has an account already');
  });

  test('whose new address is taken meanwhile keeps the old one', async () => {
    const person = await aPerson(server);
    const email = `${newId()}@example.com`;
    await update(person, { email, password });
    const link = await linkTo(server, email, 'verify-email');
    await mutate(server, undefined, 'accountSignUp', { name: 'Eve', email, password }, '');
    expect(await verify(link, person)).toMatchObject({ code: 'CONFLICT' });
    expect((await signInAs(server, person)).token).toBeTruthy();
  });
});
