import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { certificateKeyContext } from '@apployd/core/certificate';
import { memoryEvents } from '@apployd/backplane/events/memory';
import { createLogger } from '@apployd/backplane/log/logger';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { until } from '@apployd/backplane/testing/until';
import { openSql, type Sql } from '@apployd/prisma/open-sql';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { certificateStore, type CertificateStore } from './certificate-store.js';
import { certificates } from './certificates.js';
import { checkedFile } from './checked-file.js';
import { firstCertificates, followCertificates } from './follow-certificates.js';
import type { Certificate } from './router/router.js';

const box = aesGcmSecretBox('what the engine and the edges share');
let database: TestDatabase;
let sql: Sql;
let folder: string;
let said: string[];

beforeAll(async () => {
  database = await testDatabase();
  sql = openSql({ url: database.url, name: 'test' });
  folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-certificates-'));
});
afterAll(async () => {
  await sql.close();
  await database.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await database.db.certificate.deleteMany();
  await rm(location(), { force: true });
  said = [];
});

const location = () => path.join(folder, 'certificates.json');

let last = 0n;
const issue = async (hostname: string, key: string, sealedAs = hostname) => {
  const sealedKey = box.seal(key, certificateKeyContext(sealedAs));
  const data = { chain: `chain of ${hostname}`, sealedKey, version: (last += 1n), status: 'ISSUED' } as const;
  await database.db.certificate.upsert({ where: { hostname }, create: { hostname, ...data }, update: data });
};

function anEdge(store: CertificateStore = certificateStore(sql)) {
  const served = new Map<string, string>();
  const router = {
    certify: async (all: readonly Certificate[]) => all.forEach(({ hostname, key }) => served.set(hostname, key)),
    decertify: async (names: readonly string[]) => names.forEach((each) => served.delete(each)),
  };
  const log = createLogger({ name: 'edge', level: 'warn', format: 'json', write: (line) => said.push(line) });
  const keeping = certificates({ store, router, box, file: checkedFile(location()), log });
  return { served, keeping, following: { certificates: keeping, events: memoryEvents(), log } };
}

const away: CertificateStore = {
  after: async () => Promise.reject(new Error('The database is away.')),
  names: async () => Promise.reject(new Error('The database is away.')),
  challenges: async () => new Map(),
};

test('an edge that starts serves all certificates at once, and what it keeps of them is sealed and for itself alone', async () => {
  await issue('a.test', 'the key of a');
  const { served, following } = anEdge();
  await firstCertificates(following, new AbortController().signal);
  expect(Object.fromEntries(served)).toEqual({ 'a.test': 'the key of a' });
  const file = await readFile(location(), 'utf8');
  expect(file).toContain('chain of a.test');
  expect(file).not.toContain('the key of a');
  expect(file).not.toContain(Buffer.from('the key of a').toString('base64').slice(0, 12));
  expect((await stat(location())).mode & 0o777).toBe(0o600);
});

test('without the database it serves what it knew last', async () => {
  await issue('a.test', 'the key of a');
  await anEdge().keeping.catchUp();
  const { served, following } = anEdge(away);
  await firstCertificates(following, new AbortController().signal);
  expect(served.get('a.test')).toBe('the key of a');
});

test('what is issued, renewed or deleted later is followed, through an outage as well', async () => {
  let isAway = false;
  const real = certificateStore(sql);
  const { served, keeping, following } = anEdge({
    ...real,
    after: (...asked) => (isAway ? away : real).after(...asked),
  });
  const stop = new AbortController();
  const followed = followCertificates(following, stop.signal);
  await issue('a.test', 'the first key');
  following.events.publish('certificate', 'a.test');
  await until(() => served.get('a.test') === 'the first key');
  isAway = true;
  await issue('a.test', 'the second key');
  following.events.publish('certificate', 'a.test');
  await until(() => said.join().includes('those that are known serve on'));
  expect(served.get('a.test')).toBe('the first key');
  isAway = false;
  following.events.publish('certificate', 'a.test');
  await until(() => served.get('a.test') === 'the second key');
  stop.abort();
  await followed;
  await database.db.certificate.deleteMany();
  await keeping.sweep();
  expect(served.size).toBe(0);
  expect(await readFile(location(), 'utf8')).not.toContain('a.test');
});

test("a key that does not open, such as one moved from another name's row, is left out and said; the others are served", async () => {
  await issue('a.test', 'the key of b', 'b.test');
  await issue('c.test', 'the key of c');
  const { served, keeping } = anEdge();
  await keeping.catchUp();
  expect([...served.keys()]).toEqual(['c.test']);
  expect(said.join()).toContain('the key of a certificate does not open');
});

test('a file that was changed is ignored, and said to be', async () => {
  await issue('a.test', 'the key of a');
  await anEdge().keeping.catchUp();
  const { writeFile } = await import('node:fs/promises');
  await writeFile(location(), (await readFile(location(), 'utf8')).replace('a.test', 'b.test'));
  const { served, following } = anEdge(away);
  await firstCertificates(following, new AbortController().signal);
  expect(served.size).toBe(0);
  expect(said.join()).toContain('is of no use and is ignored');
});

test('an authority is answered until its token is over', async () => {
  const store = certificateStore(sql);
  const token = (name: string, expiresAt: Date) =>
    database.db.acmeChallenge.create({
      data: { token: name, hostname: 'a.test', keyAuthorization: `${name}.proof`, expiresAt },
    });
  await token('in-time', new Date(Date.now() + 60_000));
  await token('over', new Date(0));
  expect(Object.fromEntries(await store.challenges())).toEqual({ 'in-time': 'in-time.proof' });
});
