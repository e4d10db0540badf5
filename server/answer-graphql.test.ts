import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPerson, type Person } from './testing/make.js';
import { testServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await testServer();
  ada = await aPerson(server);
});
afterAll(() => server.close());

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}`, ...headers },
    body,
  });
const who = JSON.stringify({ query: '{ viewer { user { id } } }' });
const shownHeaders = ({ headers }: Response) =>
  Object.fromEntries(
    [...headers].filter(([name]) => !/^(date|x-request-id|ratelimit-.*|transfer-encoding)$/.test(name)),
  );

describe('data is answered', () => {
  test.each(['*/*', 'application/json'])('to who takes %s as to who names it among others', async (accept) => {
    const [plain, chosen] = [
      await post(who, { accept }),
      await post(who, { accept: 'application/json; q=0.9, text/html' }),
    ];
    // How much is left is told with it: another number of digits.
    const { 'content-length': length, ...headers } = shownHeaders(plain);
    expect([plain.status, headers]).toEqual([chosen.status, expect.objectContaining(headers)]);
    const text = await plain.text();
    expect(Number(length)).toBe(Buffer.byteLength(text));
    const { data } = JSON.parse(text) as { data: unknown };
    expect(data).toEqual({ viewer: { user: { id: ada.userId } } });
    expect(await chosen.json()).toMatchObject({ data });
  });

  test('as graphql-response+json to who asks for that', async () => {
    const response = await post(who, { accept: 'application/graphql-response+json' });
    expect(response.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    expect(await response.json()).toMatchObject({ data: { viewer: { user: { id: ada.userId } } } });
  });

  test('as a stream to who follows something, though any form would do', async () => {
    const query = `subscription { projectChanged(organizationId: "${ada.organizationId}") { id } }`;
    const leaving = new AbortController();
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` },
      body: JSON.stringify({ query }),
      signal: leaving.signal,
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    leaving.abort();
  });
});

describe('what went wrong is told as ever', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{"query"'],
    ['no object', 'null'],
    ['a number', '3'],
    ['a batch', `[${who}]`],
    ['a field too many', JSON.stringify({ query: '{ __typename }', more: 1 })],
    ['a document that is no text', JSON.stringify({ query: 3 })],
    ['variables that are no object', JSON.stringify({ query: '{ __typename }', variables: 3 })],
    ['an unknown document', JSON.stringify({ documentId: 'sha256:00' })],
    ['an unknown operation', JSON.stringify({ query: 'query a { __typename }', operationName: 'b' })],
  ])('of %s', async (_, body) => {
    const [plain, chosen] = [await post(body), await post(body, { accept: 'application/json, text/html' })];
    expect([plain.status, shownHeaders(plain)]).toEqual([chosen.status, shownHeaders(chosen)]);
    const [told, same] = [await plain.text(), await chosen.text()];
    expect(told).toContain('"errors"');
    expect(told).toBe(same);
  });

  test('beside what went well, for which nothing is executed twice', async () => {
    const ids = JSON.stringify(Array.from({ length: 101 }, () => ada.organizationId));
    const body = JSON.stringify({
      query: `{ organization(by: { id: "${ada.organizationId}" }) { name } nodes(ids: ${ids}) { id } }`,
    });
    await post(who);
    const seen: unknown[] = [];
    for (const accept of ['*/*', 'application/json, text/html']) {
      const before = server.statements();
      const { data, errors } = (await (await post(body, { accept })).json()) as { data: unknown; errors: unknown };
      seen.push({ data, errors, statements: server.statements() - before });
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toMatchObject({
      data: { nodes: null },
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
      statements: 2,
    });
  });
});

test('a client that breaks off in the middle of its body is forgotten', async () => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const head = [`POST /graphql HTTP/1.1`, `host: ${hostname}`, 'content-type: application/json', 'content-length: 100'];
  socket.write(`${head.join('\r\n')}\r\n\r\n{"query"`);
  await once(socket, 'connect');
  socket.destroy();
  expect((await post(who)).status).toBe(200);
});

test.each(['Application/JSON', 'application/json ; charset=utf-8', 'application/json-patch+json', 'text/plain', ''])(
  'nothing is executed that comes as "%s"',
  async (type) => {
    const before = server.statements();
    const response = await post(who, { 'content-type': type });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(server.statements() - before).toBe(0);
  },
);

test('what stands behind the path makes no difference', async () => {
  const wrong = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ nothing }"}' };
  const ask = async (address: string) => (await fetch(`${server.url}${address}`, wrong)).text();
  expect(await ask('/graphql')).toContain('"errors"');
  expect(await ask('/graphql?x=/health')).toBe(await ask('/graphql'));
});
