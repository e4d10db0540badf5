import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask, askAsPage, documentIdOf, post } from '../testing/client.js';
import { aPerson, password, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

const who = '{ viewer { user { id } } }';
const dayMs = 24 * 60 * 60 * 1_000;

let server: TestServer;
let ada: Person;
let cookie: string;
beforeAll(async () => {
  server = await testServer();
});
beforeEach(async () => {
  ada = await aPerson(server);
  const variables = { input: { email: ada.email, password } };
  const { headers } = await post(server, { documentId: documentIdOf('AccountSignIn'), variables });
  [cookie = ''] = headers.getSetCookie();
});
afterAll(() => server.close());

const endingIn = (ms: number) =>
  server.db.session.updateMany({
    where: { userId: uuid(ada.userId) },
    data: { expiresAt: new Date(Date.now() + ms) },
  });
const ends = async () =>
  (await server.db.session.findMany({ where: { userId: uuid(ada.userId) } })).map(({ expiresAt }) =>
    expiresAt.getTime(),
  );

describe('a session that lives', () => {
  test('is found by one statement, by token and by cookie', async () => {
    for (const enter of [
      () => ask(server, '{ __typename }', {}, { token: ada.token }),
      () => askAsPage(server, 'NodeList', { ids: [] }, cookie),
    ]) {
      // Who pays is looked up once a minute, with the first of them.
      await enter();
      const before = server.statements();
      expect((await enter()).errors).toEqual([]);
      expect(server.statements() - before).toBe(1);
    }
  });

  test('is renewed for a week when it is used a day after it was last, and a page gets its new cookie', async () => {
    await endingIn(6.01 * dayMs);
    expect((await askAsPage(server, 'Viewer', {}, cookie)).headers.getSetCookie()).toEqual([]);
    await endingIn(5.99 * dayMs);
    const { data, headers } = await askAsPage(server, 'Viewer', {}, cookie);
    expect(data.viewer.user.id).toBe(ada.userId);
    expect(headers.getSetCookie().join()).toContain('apployd.session_token=');
    expect(Math.max(...(await ends()))).toBeGreaterThan(Date.now() + 6.9 * dayMs);
    expect((await ask(server, who, {}, { token: ada.token })).errors).toEqual([]);
    expect(Math.min(...(await ends()))).toBeGreaterThan(Date.now() + 6.9 * dayMs);
  });

  test('is also found by a token with its signature', async () => {
    const [, signed = ''] = /session_token=([^;]+)/.exec(cookie) ?? [];
    const { data } = await ask(server, who, {}, { token: decodeURIComponent(signed) });
    expect(data.viewer.user.id).toBe(ada.userId);
  });
});

describe('nobody is let in', () => {
  const refused = async (one: string) => (await askAsPage(server, 'Viewer', {}, one)).errors[0]?.extensions;
  const ended = { code: 'UNAUTHENTICATED', reason: 'EXPIRED' };

  test('by a session that has ended', async () => {
    await endingIn(-1);
    expect(await refused(cookie)).toMatchObject(ended);
    expect((await ask(server, who, {}, { token: ada.token })).errors[0]?.extensions).toMatchObject(ended);
  });

  test.each([
    ['another signature', (value: string) => `${value.slice(0, -8)}AAAA${value.slice(-4)}`],
    ['no signature', (value: string) => value.replace(/\..*|%2E.*/i, '')],
    ['another token before its signature', (value: string) => `${value.startsWith('x') ? 'y' : 'x'}${value.slice(1)}`],
  ])('by a cookie with %s', async (_, change) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(cookie) ?? [];
    expect(await refused(`${name}=${change(value)}`)).toMatchObject(ended);
  });
});
