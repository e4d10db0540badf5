import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import { ask, askAsPage, mutate } from '../../testing/client.js';
import { aDeployment, aPerson, aProject, aToken, password, uuid, type Person } from '../../testing/make.js';
import { isSignedIn, signInAs } from '../../testing/sign-in.js';
import { collect, socketClient } from '../../testing/socket.js';
import { testServer, type TestServer } from '../../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await testServer({ settings: { lookAgainMs: 50 } });
});
afterAll(() => server.close());

const fields = '{ id createdAt lastSeenAt expiresAt ipAddress userAgent isCurrent }';
const sessionsOf = async (token: string) =>
  (await ask(server, `{ viewer { sessions ${fields} } }`, {}, { token })).data.viewer.sessions;
const revoke = (token: string, input: object) =>
  mutate(
    server,
    token,
    'accountSessionRevoke',
    input,
    '... on AccountSessionRevokePayload { sessionId replayed } ... on NotFoundError { targetId }',
  );
const everywhere = (token: string, input: object = {}) =>
  mutate(
    server,
    token,
    'accountSignOutEverywhere',
    input,
    '... on AccountSignOutEverywherePayload { endedSessions replayed }',
  );
const currentOf = async (token: string) =>
  (await sessionsOf(token)).find(({ isCurrent }: { isCurrent: boolean }) => isCurrent).id as string;

describe('the list of sessions', () => {
  test('says since when, from where and with what, and which is this one', async () => {
    const { email, token } = await aPerson(server);
    const document = `mutation ($input: AccountSignInInput!) { result: accountSignIn(input: $input) {
      ... on AccountSignInPayload { token } } }`;
    const headers = { 'user-agent': 'Phone/1.0', 'x-forwarded-for': '203.0.113.7' };
    await ask(server, document, { input: { email, password } }, { headers });
    const sessions = await sessionsOf(token);
    expect(sessions).toHaveLength(2);
    const phone = sessions.find(({ isCurrent }: { isCurrent: boolean }) => !isCurrent);
    expect(phone).toMatchObject({ ipAddress: '203.0.113.7', userAgent: 'Phone/1.0' });
    expect(phone.id).toMatch(/^ses_/);
    expect(Object.keys(phone)).not.toContain('token');
  });

  test('leaves out those that have ended, and those of others', async () => {
    const person = await aPerson(server);
    const { token } = await signInAs(server, person);
    const id = uuid(await currentOf(token));
    await server.db.session.update({ where: { id }, data: { expiresAt: new Date(0) } });
    await aPerson(server);
    expect(await sessionsOf(person.token)).toHaveLength(1);
  });

  test('says when and from where a session was used last', async () => {
    const { token } = await aPerson(server);
    const id = uuid(await currentOf(token));
    await server.db.session.update({ where: { id }, data: { lastSeenAt: new Date(0), ipAddress: null } });
    await ask(server, '{ viewer { user { id } } }', {}, { token, headers: { 'user-agent': 'Laptop/2.0' } });
    await expect
      .poll(() => server.db.session.findUniqueOrThrow({ where: { id }, select: { ipAddress: true, userAgent: true } }))
      .toEqual({ ipAddress: '127.0.0.1', userAgent: 'Laptop/2.0' });
    const { lastSeenAt } = await server.db.session.findUniqueOrThrow({ where: { id } });
    expect(lastSeenAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  test('is no token’s business', async () => {
    const person = await aPerson(server);
    const token = await aToken(server, person, { scopes: ['ORG_WRITE'] });
    for (const field of ['sessions { id }', 'account { isOperator }', 'securityEvents(first: 1) { nodes { id } }']) {
      const { errors } = await ask(server, `{ viewer { ${field} } }`, {}, { token });
      expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
      expect(errors[0]?.message).toMatch(/^No token may read \w+: sign in/);
    }
  });
});

describe('revoking a session', () => {
  test('ends it at once, and leaves the others', async () => {
    const person = await aPerson(server);
    const { token } = await signInAs(server, person);
    const key = { idempotencyKey: newId() };
    const sessionId = await currentOf(token);
    expect(await revoke(person.token, { sessionId, ...key })).toMatchObject({ sessionId, replayed: false });
    expect(await isSignedIn(server, token)).toBe(false);
    expect(await isSignedIn(server, person.token)).toBe(true);
    expect(await revoke(person.token, { sessionId, ...key })).toMatchObject({ sessionId, replayed: true });
    expect(await revoke(person.token, { sessionId })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('of somebody else is as impossible as of one that never was', async () => {
    const [person, other] = [await aPerson(server), await aPerson(server)];
    const foreign = await currentOf(other.token);
    const missing = publicId('Session', newId());
    const refused = await revoke(person.token, { sessionId: foreign });
    expect(refused).toEqual({ ...(await revoke(person.token, { sessionId: missing })), targetId: foreign });
    expect(await isSignedIn(server, other.token)).toBe(true);
  });

  test('takes the cookie back when it is this one', async () => {
    const { email } = await aPerson(server);
    const signIn = 'mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { __typename } }';
    const [cookie = ''] = (await ask(server, signIn, { input: { email, password } })).headers.getSetCookie();
    const { data } = await askAsPage(server, 'SessionList', {}, cookie);
    const sessionId = data.viewer.sessions.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent).id;
    const answer = await askAsPage(server, 'AccountSessionRevoke', { input: { sessionId } }, cookie);
    expect(answer.headers.getSetCookie().join()).toMatch(/apployd\.session_token=;.*Max-Age=0/i);
    expect((await askAsPage(server, 'Viewer', {}, cookie)).status).toBe(401);
  });

  test('ends the streams that it opened', async () => {
    const person = await aPerson(server);
    const id = publicId('Deployment', await aDeployment(server, await aProject(server, person)));
    const { token } = await signInAs(server, person);
    const sessionId = await currentOf(token);
    const wire = socketClient(server, token);
    const query = `subscription { found: deploymentChanged(id: "${id}") { status } }`;
    const messages = await collect(wire.client, { query }, () => void revoke(person.token, { sessionId }));
    expect(messages).toEqual([{ found: { status: 'QUEUED' } }, { found: null }]);
    await wire.close();
  });
});

describe('signing out everywhere', () => {
  const withThree = async (): Promise<[Person, string, string]> => {
    const person = await aPerson(server);
    return [person, (await signInAs(server, person)).token, (await signInAs(server, person)).token];
  };

  test('ends every other session, and keeps this one', async () => {
    const [person, one, two] = await withThree();
    expect(await everywhere(person.token)).toMatchObject({ endedSessions: 2, replayed: false });
    const alive = [person.token, one, two].map((token) => isSignedIn(server, token));
    expect(await Promise.all(alive)).toEqual([true, false, false]);
  });

  test('ends this one, too, on demand', async () => {
    const [person, one, two] = await withThree();
    expect(await everywhere(one, { includingThis: true })).toMatchObject({ endedSessions: 3 });
    const alive = [person.token, one, two].map((token) => isSignedIn(server, token));
    expect(await Promise.all(alive)).toEqual([false, false, false]);
  });

  test('by several at once leaves one session at most', async () => {
    const [person, one, two] = await withThree();
    const tokens = [person.token, one, two];
    await Promise.allSettled(tokens.map((token) => everywhere(token)));
    const alive = await Promise.all(tokens.map((token) => isSignedIn(server, token)));
    expect(alive.filter(Boolean)).toHaveLength(1);
  });

  test('leaves other people alone, and is not for tokens', async () => {
    const [[person], other] = [await withThree(), await aPerson(server)];
    await everywhere(person.token);
    expect(await isSignedIn(server, other.token)).toBe(true);
    const token = await aToken(server, other, { scopes: ['ORG_WRITE'] });
    expect(await everywhere(token)).toMatchObject({ code: 'FORBIDDEN' });
  });
});
