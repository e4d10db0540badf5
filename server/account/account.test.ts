import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, askAsPage, issues, mutate } from '../testing/client.js';
import { aPerson, password } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { hashSessionToken } from './hash-session-tokens.js';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const who =
  '{ viewer { user { id name email } organizations(first: 5) { nodes { slug name viewerRole pool { total { memoryBytes } } } } } }';
const signIn = (input: object) =>
  mutate(
    server,
    undefined,
    'accountSignIn',
    input,
    `... on AccountSignInPayload { token viewer { user { email } } } ${issues}`,
  );

describe('signing up', () => {
  test('makes a person, an organization with a pool, and a session', async () => {
    const email = 'Grace@Example.com';
    const made = await mutate(
      server,
      undefined,
      'accountSignUp',
      { name: 'Grace', email, password, organizationName: 'Navy Yard' },
      '... on AccountSignUpPayload { token organization { slug viewerRole } viewer { user { name } } }',
    );
    expect(made).toMatchObject({
      organization: { slug: 'navy-yard', viewerRole: 'OWNER' },
      viewer: { user: { name: 'Grace' } },
    });
    const { data } = await ask(server, who, {}, { token: made.token });
    expect(data.viewer).toMatchObject({
      user: { name: 'Grace', email: 'grace@example.com' },
      organizations: {
        nodes: [
          {
            slug: 'navy-yard',
            name: 'Navy Yard',
            viewerRole: 'OWNER',
            pool: { total: { memoryBytes: 4 * 1024 ** 3 } },
          },
        ],
      },
    });
  });

  test('keeps passwords as argon2id', async () => {
    await aPerson(server);
    const kept = await server.db.account.findMany({ select: { password: true } });
    for (const { password: hash } of kept) expect(hash).toMatch(/^\$argon2id\$/);
  });

  test('names every field that is wrong, by its path', async () => {
    const refused = await mutate(
      server,
      undefined,
      'accountSignUp',
      { name: ' ', email: 'nobody', password: 'short' },
      issues,
    );
    expect(refused).toMatchObject({ __typename: 'ValidationError', code: 'VALIDATION', retryable: false });
    expect(refused.issues.map(({ path, rule }: { path: string[]; rule: string }) => [path, rule])).toEqual([
      [['name'], 'TOO_SHORT'],
      [['email'], 'INVALID_FORMAT'],
      [['password'], 'TOO_SHORT'],
    ]);
  });

  test('refuses an address that is taken, whatever its case, and leaves nothing behind', async () => {
    const { email } = await aPerson(server);
    const before = await server.db.organization.count();
    const refused = await mutate(
      server,
      undefined,
      'accountSignUp',
      { name: 'Eve', email: email.toUpperCase(), password },
      '',
    );
    expect(refused).toMatchObject({ __typename: 'ConflictError', code: 'CONFLICT' });
    expect(await server.db.organization.count()).toBe(before);
  });

  test('gives one account when the same address signs up many times at once', async () => {
    const input = { name: 'Twin', email: 'twin@example.com', password };
    const results = await Promise.all(
      Array.from({ length: 5 }, () => mutate(server, undefined, 'accountSignUp', input, '')),
    );
    const kinds = results.map(({ __typename }) => __typename).sort();
    expect(kinds).toEqual(['AccountSignUpPayload', 'ConflictError', 'ConflictError', 'ConflictError', 'ConflictError']);
  });

  test('is slowed down for one address of the network', async () => {
    const slow = await testServer({ attemptLimits: { signUp: { burst: 2, refillMs: 60_000 } } });
    await aPerson(slow);
    await aPerson(slow);
    await expect(aPerson(slow)).rejects.toThrow(/RATE_LIMITED/);
    await slow.close();
  });

  test('gives each organization a slug of its own', async () => {
    const [one, two] = [await aPerson(server, 'Same Name'), await aPerson(server, 'Same Name')];
    const slugs = await server.db.organization.findMany({ where: { name: 'Same Name' }, select: { slug: true } });
    expect(one.organizationId).not.toBe(two.organizationId);
    expect(new Set(slugs.map(({ slug }) => slug)).size).toBe(2);
  });

  test('gives no organization the address of a page', async () => {
    await aPerson(server, 'Login');
    const { slug } = await server.db.organization.findFirstOrThrow({ where: { name: 'Login' } });
    expect(slug).toMatch(/^login-[0-9a-f]{6}$/);
  });
});

describe('signing in', () => {
  test('gives a token that is good for the next request', async () => {
    const { email } = await aPerson(server);
    const { token } = await signIn({ email: ` ${email.toUpperCase()}`, password });
    const { data } = await ask(server, who, {}, { token });
    expect(data.viewer.user.email).toBe(email);
  });

  test('answers a wrong password and an unknown address alike', async () => {
    const { email } = await aPerson(server);
    const wrong = await signIn({ email, password: 'not the password' });
    const unknown = await signIn({ email: 'nobody@example.com', password: 'not the password' });
    expect(wrong).toMatchObject({ __typename: 'ValidationError', issues: [{ path: [], rule: 'BAD_CREDENTIALS' }] });
    expect(unknown).toEqual(wrong);
  });

  test('slows guessing down', async () => {
    const { email } = await aPerson(server);
    const document = 'mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { __typename } }';
    const guesses = [];
    for (let i = 0; i < 12; i += 1)
      guesses.push(await ask(server, document, { input: { email, password: `guess ${i}` } }));
    const last = guesses.at(-1);
    expect(last?.status).toBe(429);
    expect(last?.errors[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
    expect(guesses[0]?.status).toBe(200);
  });

  test('slows down an address of the network that tries many accounts', async () => {
    const slow = await testServer({ attemptLimits: { signIn: { burst: 2, refillMs: 60_000 } } });
    const guess = (email: string) =>
      mutate(slow, undefined, 'accountSignIn', { email, password: 'not the password' }, issues);
    await guess('a@example.com');
    await guess('b@example.com');
    await expect(guess('c@example.com')).rejects.toThrow(/RATE_LIMITED/);
    await slow.close();
  });

  test('is tried once in a document', async () => {
    const { email } = await aPerson(server);
    const document = `mutation ($a: AccountSignInInput!, $b: AccountSignInInput!) {
      a: accountSignIn(input: $a) { __typename } b: accountSignIn(input: $b) { __typename } }`;
    const guess = { email, password: 'not the password' };
    const { data, errors } = await ask(server, document, { a: guess, b: { email, password } });
    expect(data).toEqual({ a: { __typename: 'ValidationError' }, b: null });
    expect(errors).toMatchObject([{ path: ['b'], extensions: { code: 'BAD_REQUEST' } }]);
  });

  test('gives a cookie that no other host can set, where the platform is reached over https', async () => {
    const settings = { APPLOYD_PUBLIC_URL: 'https://platform.test' };
    const secure = await testServer({ settings });
    const { email } = await aPerson(secure);
    const document = 'mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { __typename } }';
    const { headers } = await ask(secure, document, { input: { email, password } });
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-apployd\.session_token=/);
    expect(cookie).toMatch(/; Path=\//);
    expect(cookie).toMatch(/; Secure/);
    expect(cookie).not.toMatch(/Domain/i);
    expect((await askAsPage(secure, 'Viewer', {}, cookie)).data.viewer.user.email).toBe(email);
    await secure.close();
  });

  test('serves browsers by cookie, until they sign out', async () => {
    const { email } = await aPerson(server);
    const document = 'mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { __typename } }';
    const { headers } = await ask(server, document, { input: { email, password } });
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(/^apployd\.session_token=.*HttpOnly.*SameSite=Lax/i);
    expect((await askAsPage(server, 'Viewer', {}, cookie)).data.viewer.user.email).toBe(email);

    const out = await askAsPage(server, 'AccountSignOut', {}, cookie);
    expect(out.data.accountSignOut).toMatchObject({ signedOut: true });
    expect(out.headers.getSetCookie().join()).toMatch(/apployd\.session_token=;.*Max-Age=0/i);
    const after = await askAsPage(server, 'Viewer', {}, cookie);
    expect(after.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('a session', () => {
  test('is worth nothing after signing out', async () => {
    const { token } = await aPerson(server);
    await ask(server, 'mutation { accountSignOut { __typename } }', {}, { token });
    const after = await ask(server, who, {}, { token });
    expect(after.status).toBe(401);
    expect(after.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'EXPIRED' });
  });

  test('is worth nothing once it has expired', async () => {
    const { token } = await aPerson(server);
    await server.db.session.updateMany({
      where: { token: hashSessionToken(token) },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    });
    expect((await ask(server, who, {}, { token })).errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('that is made up is refused, and none at all is nobody', async () => {
    expect((await ask(server, who, {}, { token: 'made.up' })).status).toBe(401);
    expect((await ask(server, who)).data).toEqual({ viewer: null });
  });

  test('does not show the address of a stranger', async () => {
    const [ada, bob] = [await aPerson(server), await aPerson(server)];
    const { data } = await ask(
      server,
      'query ($id: ID!) { node(id: $id) { ... on User { name email } } }',
      { id: bob.userId },
      { token: ada.token },
    );
    expect(data.node).toBeNull();
  });
});
