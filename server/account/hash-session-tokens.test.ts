import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, askAsPage } from '../testing/client.js';
import { aPerson, password, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { hashSessionToken } from './hash-session-tokens.js';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const who = '{ viewer { user { email } } }';

async function signIn({ email }: Person) {
  const document = `mutation ($input: AccountSignInInput!) { result: accountSignIn(input: $input) {
    ... on AccountSignInPayload { token } } }`;
  const { data, headers } = await ask(server, document, { input: { email, password } });
  return { token: data.result.token as string, cookie: headers.getSetCookie()[0] ?? '' };
}

const rowsOf = ({ userId }: Person) => server.db.session.findMany({ where: { userId: uuid(userId) } });

describe('what is kept of a session', () => {
  test('is neither its token nor anything that a token or a cookie could be made of', async () => {
    const person = await aPerson(server);
    const { token, cookie } = await signIn(person);
    const rows = await rowsOf(person);
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain(person.token);
    for (const { token: kept, id } of rows) {
      for (const tried of [kept, id, Buffer.from(kept, 'hex').toString('base64url')]) {
        expect((await ask(server, who, {}, { token: tried })).status).toBe(401);
        const forged = cookie.replace(encodeURIComponent(token), encodeURIComponent(tried));
        expect((await askAsPage(server, 'Viewer', {}, forged)).status).toBe(401);
      }
    }
    expect((await ask(server, who, {}, { token })).data.viewer.user.email).toBe(person.email);
    expect((await askAsPage(server, 'Viewer', {}, cookie)).data.viewer.user.email).toBe(person.email);
  });
});

test('the migration hashes as the server does, so that sessions from before it stay good', async () => {
  const token = 'X8o2YdMFq0Zb5c3kGhT1nJrLwPvAsEiU';
  const sql = server.db.$queryRaw<{ hashed: string }[]>`
    SELECT encode(sha256(convert_to(${token}::text, 'UTF8')), 'hex') AS hashed`;
  expect(await sql).toEqual([{ hashed: hashSessionToken(token) }]);
});

describe('a session of which the hash is kept', () => {
  test('is renewed with the token that it has, and stays good', async () => {
    const person = await aPerson(server);
    const { token, cookie } = await signIn(person);
    const nearItsEnd = new Date(Date.now() + 24 * 60 * 60 * 1000);
    await server.db.session.updateMany({ where: { userId: uuid(person.userId) }, data: { expiresAt: nearItsEnd } });
    const { headers } = await askAsPage(server, 'Viewer', {}, cookie);
    const [renewed = ''] = headers.getSetCookie();
    expect(renewed.split(';')[0]).toBe(cookie.split(';')[0]);
    const byBearer = await ask(server, who, {}, { token: person.token });
    expect(byBearer.data.viewer.user.email).toBe(person.email);
    for (const { expiresAt } of await rowsOf(person)) expect(expiresAt > nearItsEnd).toBe(true);
    expect((await ask(server, who, {}, { token })).status).toBe(200);
    expect((await askAsPage(server, 'Viewer', {}, renewed)).status).toBe(200);
  });

  test('is gone after signing out, by bearer and by cookie', async () => {
    const person = await aPerson(server);
    const { cookie } = await signIn(person);
    const signOut = 'mutation { accountSignOut { __typename } }';
    await ask(server, signOut, {}, { token: person.token });
    expect(await rowsOf(person)).toHaveLength(1);
    await askAsPage(server, 'AccountSignOut', {}, cookie);
    expect(await rowsOf(person)).toEqual([]);
    expect((await askAsPage(server, 'Viewer', {}, cookie)).status).toBe(401);
  });

  test('is removed when it comes back after its end', async () => {
    const person = await aPerson(server);
    await server.db.session.updateMany({ where: { userId: uuid(person.userId) }, data: { expiresAt: new Date(0) } });
    expect((await ask(server, who, {}, { token: person.token })).status).toBe(401);
    expect(await rowsOf(person)).toEqual([]);
  });
});
