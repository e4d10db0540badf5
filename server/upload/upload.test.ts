import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issues, mutate } from '../testing/client.js';
import { aPerson, aProject, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, testSettings, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let project: MadeProject;
beforeAll(async () => {
  server = await testServer();
  person = await aPerson(server);
  project = await aProject(server, person);
});
afterAll(() => server.close());

const archive = () => randomBytes(2_000);
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
const open = (content: Buffer, input: object = {}) =>
  mutate(
    server,
    person.token,
    'sourceUploadCreate',
    { projectId: project.id, sha256: sha256(content), sizeBytes: content.length, ...input },
    `... on SourceUploadCreatePayload { uploadId uploadUrl stored expiresAt } ${issues}`,
  );
const put = (uploadId: string, body: BodyInit, token = person.token) =>
  fetch(`${server.url}/uploads/${uploadId}`, {
    method: 'PUT',
    body,
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });

describe('an upload', () => {
  test('is stored once it has arrived whole, and need not be sent again', async () => {
    const content = archive();
    const opened = await open(content);
    expect(opened).toMatchObject({ stored: false, uploadUrl: `http://platform.test:8080/uploads/${opened.uploadId}` });
    expect((await put(opened.uploadId, content)).status).toBe(201);
    expect((await put(opened.uploadId, content)).status).toBe(200);
    const again = await open(content);
    expect(again).toMatchObject({ stored: true, uploadId: opened.uploadId });
    const row = await server.db.upload.findUniqueOrThrow({ where: { id: uuid(opened.uploadId) } });
    expect(row.storedAt).not.toBeNull();
  });

  test('is refused when it is not what was announced', async () => {
    const content = archive();
    const { uploadId } = await open(content);
    const other = await put(uploadId, Buffer.from(content).fill(7));
    expect([other.status, await other.json()]).toMatchObject([
      422,
      { errors: [{ extensions: { code: 'DIGEST_MISMATCH' } }] },
    ]);
    expect((await put(uploadId, Buffer.concat([content, content]))).status).toBe(413);
    expect((await put(uploadId, content)).status).toBe(201);
  });

  test('that does not say its length is cut off at what was announced', async () => {
    const content = archive();
    const { uploadId } = await open(content);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${person.token}` };
      const sent = request(`${server.url}/uploads/${uploadId}`, { method: 'PUT', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      Readable.from([content, content]).pipe(sent);
    });
    expect(status).toBe(413);
  });

  test('of others, of nobody and without a session is not there', async () => {
    const content = archive();
    const { uploadId } = await open(content);
    const stranger = await aPerson(server);
    expect((await put(uploadId, content, stranger.token)).status).toBe(404);
    expect((await put(`upl_${'0'.repeat(26)}`, content)).status).toBe(404);
    expect((await put(project.id, content)).status).toBe(404);
    expect((await put(uploadId, content, '')).status).toBe(401);
  });

  test('whose time is over is not there', async () => {
    const content = archive();
    const { uploadId } = await open(content);
    await server.db.upload.update({ where: { id: uuid(uploadId) }, data: { expiresAt: new Date(0) } });
    expect((await put(uploadId, content)).status).toBe(404);
  });

  test('has a digest and a size within bounds', async () => {
    const refused = await open(archive(), { sha256: 'ABC', sizeBytes: 101 * 1024 * 1024 });
    expect(refused.issues.map(({ path }: { path: string[] }) => path[0])).toEqual(['sha256', 'sizeBytes']);
  });
});

describe('an upload, and an export of the audit log,', () => {
  const from = async (origin: string | null, path: string, method: string, token: string) => {
    const headers = { authorization: `Bearer ${token}`, ...(origin === null ? {} : { origin }) };
    const response = await fetch(`${server.url}${path}`, { method, headers, body: method === 'PUT' ? 'x' : undefined });
    return [response.status, (await response.text()).includes('FORBIDDEN_ORIGIN')];
  };

  test.each(['https://evil.example', 'null', 'http://platform.test', 'https://platform.test:8080'])(
    'from a page of %s is refused, whatever credentials come along',
    async (origin) => {
      const { uploadId } = await open(Buffer.from('x'));
      expect(await from(origin, `/uploads/${uploadId}`, 'PUT', person.token)).toEqual([403, true]);
      expect(await from(origin, `/audit/${person.organizationId}`, 'GET', person.token)).toEqual([403, true]);
    },
  );

  test.each([null, new URL(testSettings.APPLOYD_PUBLIC_URL).origin])('from %s is taken', async (origin) => {
    const { uploadId } = await open(Buffer.from('x'));
    expect(await from(origin, `/uploads/${uploadId}`, 'PUT', person.token)).toEqual([origin ? 200 : 201, false]);
    expect(await from(origin, `/audit/${person.organizationId}`, 'GET', person.token)).toEqual([200, false]);
  });
});
