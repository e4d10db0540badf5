import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { ask, mutate } from '../../testing/client.js';
import { aPerson, aProject, password, uuid, type Person } from '../../testing/make.js';
import { linkTo } from '../../testing/mails.js';
import { signInAs, verifyAs, withSecondFactor } from '../../testing/sign-in.js';
import { testServer, type TestServer } from '../../testing/test-server.js';
import { securityEventKinds } from './kind.js';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const kindsOf = async (token: string) => {
  const document = '{ viewer { securityEvents(first: 100) { nodes { kind } } } }';
  const { data } = await ask(server, document, {}, { token });
  return data.viewer.securityEvents.nodes.map(({ kind }: { kind: string }) => kind) as string[];
};

test('all that happens to an account is in its history, newest first', async () => {
  const person = await aPerson(server);
  await signInAs(server, person, 'not the password');
  const second = (await signInAs(server, person)).token as string;
  await mutate(server, person.token, 'accountVerificationSend', {}, '');
  await mutate(
    server,
    person.token,
    'accountEmailVerify',
    { token: await linkTo(server, person.email, 'verify-email') },
    '',
  );
  await mutate(server, person.token, 'accountUpdate', { name: 'Countess' }, '');
  const { data } = await ask(server, '{ viewer { sessions { id isCurrent } } }', {}, { token: second });
  const sessionId = data.viewer.sessions.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent).id;
  await mutate(server, person.token, 'accountSessionRevoke', { sessionId }, '');
  await mutate(server, person.token, 'accountSignOutEverywhere', {}, '');
  const { recoveryCodes } = await withSecondFactor(server, person);
  await mutate(server, person.token, 'accountRecoveryCodesRegenerate', { password }, '');
  const { challenge } = await signInAs(server, person);
  await verifyAs(server, challenge, recoveryCodes[0]!);
  await mutate(server, person.token, 'accountTwoFactorDisable', { password }, '');
  const change = { currentPassword: password, newPassword: 'quite another one' };
  await mutate(server, person.token, 'accountPasswordChange', change, '');
  await mutate(server, undefined, 'accountPasswordResetRequest', { email: person.email }, '');
  const reset = { token: await linkTo(server, person.email, 'reset-password'), newPassword: password };
  await mutate(server, undefined, 'accountPasswordReset', reset, '');
  const { token } = await signInAs(server, person);
  await ask(server, 'mutation { accountSignOut { __typename } }', {}, { token });
  const last = await signInAs(server, person);

  const kinds = await kindsOf(last.token);
  expect(kinds).toEqual([
    'SIGNED_IN',
    'SIGNED_OUT',
    'SIGNED_IN',
    'PASSWORD_RESET',
    'PASSWORD_RESET_REQUESTED',
    'PASSWORD_CHANGED',
    'TWO_FACTOR_DISABLED',
    'SIGN_IN_REFUSED',
    'RECOVERY_CODES_RENEWED',
    'TWO_FACTOR_ENABLED',
    'TWO_FACTOR_BEGUN',
    'SIGNED_OUT_EVERYWHERE',
    'SESSION_REVOKED',
    'UPDATED',
    'EMAIL_VERIFIED',
    'VERIFICATION_SENT',
    'SIGNED_IN',
    'SIGN_IN_REFUSED',
    'SIGNED_UP',
  ]);
  expect(new Set(kinds)).toEqual(new Set(Object.values(securityEventKinds)));
});

test('an entry says when, from where, with what and in which request', async () => {
  const { token } = await aPerson(server);
  const document = '{ viewer { securityEvents(first: 1) { nodes { id at ipAddress userAgent requestId } } } }';
  const { data } = await ask(server, document, {}, { token });
  const [event] = data.viewer.securityEvents.nodes;
  expect(event).toMatchObject({ id: expect.stringMatching(/^aud_/), ipAddress: '127.0.0.1', userAgent: 'node' });
  expect(event.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test('the history has neither what others did nor what was done in an organization', async () => {
  const [person, other] = [await aPerson(server), await aPerson(server)];
  await aProject(server, person);
  await signInAs(server, other, 'not the password');
  expect(await kindsOf(person.token)).toEqual(['SIGNED_UP']);
});

test('a sign-in to no account is recorded as nobody’s, without the address', async () => {
  const email = `${newId()}@example.com`;
  await signInAs(server, { email });
  const entry = await server.db.auditEvent.findFirstOrThrow({
    where: { action: 'account.signInRefused' },
    orderBy: { id: 'desc' },
  });
  expect(entry).toMatchObject({ userId: null, organizationId: null, targetId: null, ip: '127.0.0.1' });
  expect(JSON.stringify(entry)).not.toContain(email);
});

test('the history is read page by page', async () => {
  const person: Person = await aPerson(server);
  for (let i = 0; i < 3; i += 1) await signInAs(server, person);
  const page = async (after: string | null) => {
    const document = `query ($after: String) { viewer { securityEvents(first: 2, after: $after) {
      nodes { kind } pageInfo { hasNextPage endCursor } } } }`;
    return (await ask(server, document, { after }, { token: person.token })).data.viewer.securityEvents;
  };
  const first = await page(null);
  const second = await page(first.pageInfo.endCursor);
  expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  expect(second.nodes.map(({ kind }: { kind: string }) => kind)).toEqual(['SIGNED_IN', 'SIGNED_UP']);
  expect(await server.db.auditEvent.count({ where: { userId: uuid(person.userId) } })).toBe(4);
});
