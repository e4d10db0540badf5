import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { certificateKeyContext } from '@apployd/core/certificate';
import { makeCertificate, type MadeCertificate } from '@apployd/backplane/certificate/make-certificate';
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
let first: MadeCertificate;
let second: MadeCertificate;

beforeAll(async () => {
  [first, second] = await Promise.all([makeCertificate({ names: ['a.test'] }), makeCertificate({ names: ['a.test'] })]);
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
const issue = async (hostname: string, { chain, key }: MadeCertificate = first, sealedAs = hostname) => {
  const sealedKey = box.seal(key, certificateKeyContext(sealedAs));
  const data = { chain, sealedKey, version: (last += 1n), status: 'ISSUED' } as const;
  await database.db.certificate.upsert({ where: { hostname }, create: { hostname, ...data }, update: data });
};

function anEdge(store: CertificateStore = certificateStore(sql), onSave: () => void = () => {}) {
  const served = new Map<string, string>();
  const router = {
    certify: async (all: readonly Certificate[]) => all.forEach(({ hostname, key }) => served.set(hostname, key)),
    decertify: async (names: readonly string[]) => names.forEach((each) => served.delete(each)),
  };
  const log = createLogger({ name: 'edge', level: 'warn', format: 'json', write: (line) => said.push(line) });
  const file = checkedFile(location());
  const save = (text: string) => {
    onSave();
    return file.save(text);
  };
  const keeping = certificates({ store, router, box, file: { ...file, save }, log, saveAfterMs: 600_000 });
  return { served, keeping, following: { certificates: keeping, events: memoryEvents(), log } };
}

const away: CertificateStore = {
  after: async () => Promise.reject(new Error('The database is away.')),
  versions: async () => Promise.reject(new Error('The database is away.')),
  of: async () => Promise.reject(new Error('The database is away.')),
  newest: async () => Promise.reject(new Error('The database is away.')),
  challenges: async () => new Map(),
};

test('an edge that starts serves all certificates at once, and what it keeps of them is sealed and for itself alone', async () => {
  await issue('a.test');
  const { served, keeping, following } = anEdge();
  await firstCertificates(following, new AbortController().signal);
  expect(Object.fromEntries(served)).toEqual({ 'a.test': first.key });
  await keeping.flush();
  const file = await readFile(location(), 'utf8');
  expect(file).toContain('BEGIN CERTIFICATE');
  expect(file).not.toContain('PRIVATE KEY');
  expect(file).not.toContain(Buffer.from(first.key).toString('base64').slice(0, 12));
  expect((await stat(location())).mode & 0o777).toBe(0o600);
});

test('without the database it serves what it knew last', async () => {
  await issue('a.test');
  const { keeping } = anEdge();
  await keeping.catchUp();
  await keeping.flush();
  const { served, following } = anEdge(away);
  await firstCertificates(following, new AbortController().signal);
  expect(served.get('a.test')).toBe(first.key);
});

test('what is issued, renewed or deleted later is followed, through an outage as well', async () => {
  let isAway = false;
  const real = certificateStore(sql);
  const { served, keeping, following } = anEdge({
    ...real,
    after: (...asked) => (isAway ? away : real).after(...asked),
    newest: () => (isAway ? away : real).newest(),
  });
  const stop = new AbortController();
  const followed = followCertificates(following, stop.signal);
  await issue('a.test');
  following.events.publish('certificate', 'a.test');
  await until(() => served.get('a.test') === first.key);
  isAway = true;
  following.events.publish('certificate', 'a.test');
  await until(() => said.join().includes('those that are known serve on'));
  await issue('a.test', second);
  expect(served.get('a.test')).toBe(first.key);
  isAway = false;
  following.events.publish('certificate', 'a.test');
  await until(() => served.get('a.test') === second.key);
  stop.abort();
  await followed;
  await database.db.certificate.deleteMany();
  await keeping.sweep();
  expect(served.size).toBe(0);
  await keeping.flush();
  expect(await readFile(location(), 'utf8')).not.toContain('a.test');
});

test("a key that does not open or fit, such as one moved from another name's row, is left out and said; the others are served", async () => {
  await issue('a.test', first, 'b.test');
  await issue('b.test', { ...first, key: second.key });
  await issue('d.test', { ...first, chain: 'no certificate' });
  await issue('c.test');
  const { served, keeping } = anEdge();
  await keeping.catchUp();
  expect([...served.keys()]).toEqual(['c.test']);
  for (const hostname of ['a.test', 'b.test', 'd.test'])
    expect(said.some((line) => line.includes(hostname) && line.includes('is of no use'))).toBe(true);
  await issue('c.test', { ...second, chain: 'no certificate' });
  await keeping.catchUp();
  expect(served.get('c.test')).toBe(first.key);
});

test('after a database was restored its certificates are served, and those that are issued from then on', async () => {
  const { served, keeping } = anEdge();
  await issue('a.test');
  const before = last;
  await issue('a.test', second);
  await issue('b.test');
  last += 100n;
  await issue('c.test');
  await keeping.catchUp();
  await database.db.certificate.deleteMany();
  last = before - 1n;
  await issue('a.test');
  await keeping.sweep();
  expect(Object.fromEntries(served)).toEqual({ 'a.test': first.key });
  await issue('d.test', second);
  await keeping.catchUp();
  expect(served.get('d.test')).toBe(second.key);
});

test('however often it is told of something new, the file is written once, a moment later', async () => {
  let saves = 0;
  const { keeping } = anEdge(undefined, () => (saves += 1));
  for (const name of ['a.test', 'b.test', 'c.test']) {
    await issue(name);
    await keeping.catchUp();
  }
  await keeping.flush();
  expect(saves).toBe(1);
});

test('a file that was changed is ignored, and said to be', async () => {
  await issue('a.test');
  const { keeping } = anEdge();
  await keeping.catchUp();
  await keeping.flush();
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
