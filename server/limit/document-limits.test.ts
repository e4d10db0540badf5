import { getIntrospectionQuery, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { persistedDocuments } from '../generated/persisted-documents.js';
import { ask, askAsPage, documentIdOf, post, type Answer } from '../testing/client.js';
import { aPerson, aToken, password, type Person } from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { documentLimits } from './document-limits.js';

let server: TestServer;
let ada: Person;
let cookie: string;
beforeAll(async () => {
  server = await testServer();
  ada = await aPerson(server);
  const { headers } = await post(server, {
    documentId: documentIdOf('AccountSignIn'),
    variables: { input: { email: ada.email, password } },
  });
  [cookie = ''] = headers.getSetCookie();
});
afterAll(() => server.close());

const send = (query: string, variables: object = {}, { token } = ada) =>
  post(
    server,
    { query, variables, operationName: /^query (A0)/.exec(query)?.[1] },
    { authorization: `Bearer ${token}` },
  );
const problem = ({ status, errors }: Answer) => [status, errors[0]?.extensions.code];
const fields = (count: number, one: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => one(i)).join(' ');

describe('a document holds at most', () => {
  const padded = (characters: number) => '{ viewer { user { id } } }'.padEnd(characters, ' ');
  // Eleven in each operation.
  const tokens = (count: number) =>
    fields(
      Math.floor(count / 11),
      (i) => `query A${i} { viewer { user { id ${i ? '' : fields(count % 11, () => 'id')} } } }`,
    );
  const aliases = (count: number) => `{ viewer { user { ${fields(count, (i) => `a${i}: id`)} } } }`;
  const directives = (count: number) => `{ viewer { user { id ${fields(count, () => '@include(if: true)')} } } }`;
  const mutations = (count: number) => `mutation { ${fields(count, (i) => `m${i}: accountSignOut { __typename }`)} }`;

  test.each([
    ['10,000 characters', padded, documentLimits.characters, 'DOCUMENT_TOO_LONG'],
    ['1,000 tokens', tokens, documentLimits.tokens, 'TOO_MANY_TOKENS'],
    ['15 aliases', aliases, documentLimits.aliases, 'TOO_MANY_ALIASES'],
    ['5 mutations', mutations, documentLimits.mutations, 'TOO_MANY_MUTATIONS'],
  ] as const)('%s', async (_, make, most, code) => {
    expect(problem(await send(make(most + 1)))).toEqual([400, code]);
    expect((await send(make(most), {}, await aPerson(server))).errors).toEqual([]);
  });

  test('10 directives', async () => {
    // The same directive may not stand twice on one field: what is over the limit is told first.
    expect(problem(await send(directives(documentLimits.directives + 1)))).toEqual([400, 'TOO_MANY_DIRECTIVES']);
    const spread = `{ viewer { user { ${fields(10, (i) => `a${i}: id @include(if: true)`)} } } }`;
    expect((await send(spread)).errors).toEqual([]);
  });

  test('5 mutations also where fragments hide them, in whatever knots', async () => {
    const hidden = `mutation { ${fields(2, (i) => `...F${i}`)} }
      fragment F0 on Mutation { ${fields(3, (i) => `a${i}: accountSignOut { __typename }`)} }
      fragment F1 on Mutation { ${fields(3, (i) => `b${i}: accountSignOut { __typename }`)} }`;
    expect(problem(await send(hidden))).toEqual([400, 'TOO_MANY_MUTATIONS']);
    const knot = `mutation { ...F0 } ${fields(80, (i) => `fragment F${i} on Mutation { ...F${(i + 1) % 80} ...F${(i + 1) % 80} }`)}`;
    expect(problem(await send(knot))).toEqual([400, 'BAD_REQUEST']);
  });

  test('pages of 1 to 100, and of 1 to 500 lines of a log', async () => {
    const organizations = 'query ($n: Int) { viewer { organizations(first: $n) { nodes { id } } } }';
    const log = 'query ($n: Int) { deployment(id: "dpl_x") { buildLogs(last: $n) { nodes { message } } } }';
    expect((await send(organizations, { n: 100 })).errors).toEqual([]);
    expect((await send(log, { n: 500 })).errors).toEqual([]);
    for (const [document, n] of [
      [organizations, 101],
      [organizations, 0],
      [organizations, -1],
      [log, 501],
    ] as const) {
      expect([n, ...problem(await send(document, { n }))]).toEqual([n, 400, 'PAGE_SIZE']);
    }
    expect(problem(await send('{ viewer { organizations(last: 101) { nodes { id } } } }'))).toEqual([400, 'PAGE_SIZE']);
  });

  test('the same when it comes over a socket', async () => {
    const wire = socketClient(server, ada.token);
    const query = `subscription { deploymentChanged(id: "x") { ${fields(16, (i) => `a${i}: id`)} } }`;
    await expect(collect(wire.client, { query })).rejects.toMatchObject([{ extensions: { code: 'TOO_MANY_ALIASES' } }]);
    await wire.close();
  });
});

describe('cost and depth', () => {
  test('the names of types are free', async () => {
    const nodes = (inner: string) => `{ viewer { organizations(first: 90) { nodes { id ${inner} } } } }`;
    const plain = await send(nodes(''));
    const named = await send(nodes('__typename kind: __typename'));
    expect(named.extensions.cost.charged).toBe(plain.extensions.cost.charged);
    expect((await ask(server, nodes('__typename'))).errors).toEqual([]);
  });

  test('who has not signed in may spend 100 points, and is asked to sign in for more', async () => {
    const organizations = (first: number) => `{ viewer { organizations(first: ${first}) { nodes { id } } } }`;
    expect((await ask(server, organizations(98))).errors).toEqual([]);
    expect(problem(await ask(server, organizations(99)))).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('1,000 points are allowed, 1,001 are not', async () => {
    // viewer 1, connection 1, 99 nodes with 9 pools each 990, 8 users 8: 1,000. A rate limit is 1 more.
    const pools = `pool { version } ${fields(8, (i) => `p${i}: pool { version }`)}`;
    const users = `user { id } ${fields(7, (i) => `u${i}: user { id }`)}`;
    const costing = (more: string) => `{ viewer { organizations(first: 99) { nodes { ${pools} } } ${users} ${more} } }`;
    expect((await send(costing(''))).errors).toEqual([]);
    expect(problem(await send(costing('rateLimit { cost }')))).toEqual([400, 'QUERY_TOO_COSTLY']);
  });

  test('the operation that is run is the one that counts', async () => {
    const document = `query Small { viewer { user { id } } }
      query Large { viewer { organizations(first: 100) { nodes { projects(first: 100) { nodes { id } } } } } }`;
    const run = (operationName: string) =>
      post(server, { query: document, operationName }, { authorization: `Bearer ${ada.token}` });
    expect((await run('Small')).errors).toEqual([]);
    expect(problem(await run('Large'))).toEqual([400, 'QUERY_TOO_COSTLY']);
  });
});

describe('the schema is told', () => {
  const introspection = getIntrospectionQuery();

  test('to tokens: of the API, and of a session', async () => {
    expect((await send(introspection)).data.__schema.queryType.name).toBe('Query');
    const token = await aToken(server, ada, { scopes: ['LOG_READ'] });
    expect((await ask(server, introspection, {}, { token })).errors).toEqual([]);
  });

  test('to nobody else', async () => {
    expect(problem(await ask(server, introspection))).toEqual([400, 'INTROSPECTION_DISABLED']);
    expect(problem(await ask(server, '{ __type(name: "User") { name } }'))).toEqual([400, 'INTROSPECTION_DISABLED']);
    expect(problem(await ask(server, introspection, {}, { token: 'made-up' }))).toEqual([
      400,
      'INTROSPECTION_DISABLED',
    ]);
    expect(problem(await ask(server, introspection, {}, { headers: { cookie } }))).toEqual([
      400,
      'PERSISTED_DOCUMENT_REQUIRED',
    ]);
  });
});

describe('a page, which comes with a cookie,', () => {
  const who = '{ viewer { user { id } } }';

  test('runs documents that are known, by their ids', async () => {
    expect((await askAsPage(server, 'Viewer', {}, cookie)).data.viewer.user.email).toBe(ada.email);
  });

  test.each([
    ['its own text', { query: who }],
    ['its own text beside an id', { query: who, documentId: documentIdOf('Viewer') }],
    ['the text of a known one', { query: persistedDocuments[documentIdOf('Viewer')] }],
  ])('does not run %s', async (_, body) => {
    expect(problem(await post(server, body, { cookie }))).toEqual([400, 'PERSISTED_DOCUMENT_REQUIRED']);
  });

  test('nor over a socket', async () => {
    const wire = socketClient(server, undefined, { cookie: cookie.split(';')[0] ?? '' });
    const query = 'subscription { deploymentChanged(id: "x") { id } }';
    await expect(collect(wire.client, { query })).rejects.toMatchObject([
      { extensions: { code: 'PERSISTED_DOCUMENT_REQUIRED' } },
    ]);
    const known = { query: '', documentId: documentIdOf('DeploymentChanged'), variables: { id: 'x' } };
    expect(await collect(wire.client, known)).toEqual([{ deploymentChanged: null }]);
    await wire.close();
  });

  test('and a program may use ids too; one that nobody knows is told so', async () => {
    const authorization = `Bearer ${ada.token}`;
    expect((await post(server, { documentId: documentIdOf('Viewer') }, { authorization })).errors).toEqual([]);
    expect(problem(await post(server, { documentId: 'sha256:00' }, { authorization }))).toEqual([
      400,
      'PERSISTED_DOCUMENT_UNKNOWN',
    ]);
    expect(problem(await post(server, { documentId: 'constructor' }, { authorization }))).toEqual([
      400,
      'PERSISTED_DOCUMENT_UNKNOWN',
    ]);
  });

  test('has every operation of the SDK, in both spellings', () => {
    const operations = Object.values(persistedDocuments).map((text) => parse(text));
    expect(operations.length).toBeGreaterThan(50);
  });
});
