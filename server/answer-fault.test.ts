import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLogger } from '@apployd/backplane/log/logger';
import { until } from '@apployd/backplane/testing/until';
import { mutate } from './testing/client.js';
import { aPerson, aProject, type Person } from './testing/make.js';
import { testServer, type TestServer } from './testing/test-server.js';

let server: TestServer;
let person: Person;
let uploadId: string;
const logged: string[] = [];
beforeAll(async () => {
  const log = createLogger({ name: 'server', level: 'debug', format: 'json', write: (line) => void logged.push(line) });
  server = await testServer({ log, timeLimits: { queryMs: 10_000, mutationMs: 10_000, bodyMs: 50 } });
  person = await aPerson(server);
  const project = await aProject(server, person);
  const input = { projectId: project.id, sha256: randomBytes(32).toString('hex'), sizeBytes: 1_000 };
  ({ uploadId } = await mutate(
    server,
    person.token,
    'sourceUploadCreate',
    input,
    '... on SourceUploadCreatePayload { uploadId }',
  ));
});
beforeEach(() => void logged.splice(0));
afterAll(() => server.close());

const begin = (path: string, method: string, headers: object = {}) =>
  request(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${person.token}`, 'content-length': 1_000, ...headers },
  });

test('a client that breaks its upload off is not logged as a fault of ours', async () => {
  const { put } = server.blobs;
  const begun = new Promise<void>((resolve) => {
    server.blobs.put = (...blob) => {
      resolve();
      return put(...blob);
    };
  });
  const sent = begin(`/uploads/${uploadId}`, 'PUT');
  sent.on('error', () => {});
  sent.write('half');
  await begun;
  sent.destroy();
  await until(() => logged.some((line) => line.includes('a client broke its request off')), 'the end to be seen');
  expect(logged.join()).not.toContain('our fault');
});

test('a fault outside of GraphQL is told and logged with the id of the request', async () => {
  server.blobs.put = () => Promise.reject(new Error('The disk is full.'));
  const sent = begin(`/uploads/${uploadId}`, 'PUT');
  sent.end('x'.repeat(1_000));
  const [response] = await once(sent, 'response');
  const body = JSON.parse((await response.setEncoding('utf8').toArray()).join(''));
  const requestId = response.headers['x-request-id'];
  expect([response.statusCode, body]).toMatchObject([
    500,
    { errors: [{ extensions: { code: 'INTERNAL', requestId } }] },
  ]);
  expect(JSON.stringify(body)).not.toContain('disk');
  expect(logged.find((line) => line.includes('The disk is full.'))).toContain(requestId);
});

test('a document whose body does not come is given up', async () => {
  const sent = begin('/graphql', 'POST', { 'content-type': 'application/json' });
  sent.on('error', () => {});
  sent.write('{');
  const [response] = await once(sent, 'response');
  expect([response.statusCode, response.headers.connection]).toEqual([408, 'close']);
  response.resume();
  await once(sent, 'close');
  expect(logged.join()).not.toContain('our fault');
});
