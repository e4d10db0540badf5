import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { mailContext } from '@apployd/core/mail';
import { newId } from '@apployd/core/id';
import { variableContext } from '@apployd/core/variable';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { organizationKeys } from '@apployd/backplane/secret-box/organization-keys';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { authSecrets } from '../account/auth-secrets.js';
import { mutate } from '../testing/client.js';
import { aPerson, aProject, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { rotate } from './rotate.js';

const older = '7b0e2f5a91c84d36e0a2b9f4c6d81735';
const newer = 'c41f9d2e83b7506a9e1d4c0f72b6a895';
const both = `${newer},${older}`;

let database: TestDatabase;
let server: TestServer;
let person: Person;
let project: MadeProject;
let said: string[];
beforeEach(async () => {
  said = [];
  database = await testDatabase();
  server = await serverWith(older);
  person = await aPerson(server);
  project = await aProject(server, person);
});
afterEach(async () => {
  await server.close();
  await database.close();
});

const serverWith = (secrets: string) => testServer({ database, settings: { APPLOYD_SECRET: secrets } });

/** As an operator does before a rotation. */
async function restartWith(secrets: string): Promise<void> {
  await server.close();
  server = await serverWith(secrets);
}

const set = (variables: object[]) =>
  mutate(server, person.token, 'variablesSet', { environmentId: project.environmentId, variables }, '');

function rotation(secrets = both, keysSince: Date | null = null) {
  const platform = aesGcmSecretBox(secrets);
  const keyring = organizationKeys(database.db, platform);
  const say = (sentence: string) => void said.push(sentence);
  return { db: database.db, platform, keyring, authSecrets: authSecrets(secrets), keysSince, say };
}

const run = (secrets = both, keysSince: Date | null = null, options: object = {}) =>
  rotate(rotation(secrets, keysSince), { dryRun: false, leaveUnopened: false, ...options });

/** Every value there is or was, by key and version, opened with these secrets alone. */
async function openAll(secrets: string): Promise<Record<string, string>> {
  const keyring = organizationKeys(database.db, aesGcmSecretBox(secrets));
  const rows = await database.db.variable.findMany({ orderBy: { id: 'asc' } });
  const entries = rows.map(async ({ organizationId, environmentId, key, fromVersion, sealedValue }) => [
    `${key} ${fromVersion}`,
    await keyring.open(organizationId, sealedValue, variableContext(environmentId, key)),
  ]);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, string>;
}

async function sealAsBefore(key: string, secrets = older): Promise<void> {
  const environmentId = uuid(project.environmentId);
  const sealedValue = aesGcmSecretBox(secrets).seal('from before', variableContext(environmentId, key));
  await database.db.variable.updateMany({ where: { environmentId, key }, data: { sealedValue } });
}

test('after a rotation everything opens with the new secret alone: keys, former values, mails, second factors', async () => {
  await set([{ key: 'A', value: 'one', isSecret: true }]);
  await set([{ key: 'A', value: 'two' }]);
  await set([{ key: 'B', value: 'x' }]);
  await sealAsBefore('B');
  const mailId = newId();
  const sealed = aesGcmSecretBox(older).seal('a mail', mailContext(mailId));
  await database.db.mail.create({ data: { id: mailId, sealed } });
  const [olderAuth] = authSecrets(older);
  const [newerAuth] = authSecrets(newer);
  const keyOf = ({ version, value }: { version: number; value: string }) => ({
    keys: new Map([[version, value]]),
    currentVersion: version,
  });
  const factor = {
    id: newId(),
    userId: uuid(person.userId),
    secret: await symmetricEncrypt({ key: keyOf(olderAuth!), data: 'totp' }),
    backupCodes: await symmetricEncrypt({ key: olderAuth!.value, data: '["a-b"]' }),
  };
  await database.db.twoFactor.create({ data: factor });
  const times = await database.db.variable.findMany({ select: { id: true, updatedAt: true }, orderBy: { id: 'asc' } });

  await restartWith(both);
  expect(await run()).toBe(true);
  expect(await openAll(newer)).toEqual({ 'A 2': 'one', 'A 3': 'two', 'B 4': 'from before' });
  const mail = await database.db.mail.findUniqueOrThrow({ where: { id: mailId } });
  expect(aesGcmSecretBox(newer).open(mail.sealed, mailContext(mailId))).toBe('a mail');
  const { secret, backupCodes } = await database.db.twoFactor.findUniqueOrThrow({ where: { id: factor.id } });
  expect(await symmetricDecrypt({ key: keyOf(newerAuth!), data: secret })).toBe('totp');
  expect(await symmetricDecrypt({ key: keyOf(newerAuth!), data: backupCodes })).toBe('["a-b"]');
  const after = await database.db.variable.findMany({ select: { id: true, updatedAt: true }, orderBy: { id: 'asc' } });
  expect(after).toEqual(times);
  expect(said.at(-1)).toMatch(/^Nothing that opens needs more than the first secret/);

  said = [];
  expect(await run()).toBe(true);
  expect(said.filter((sentence) => /: [1-9]\d* (sealed|to seal)/.test(sentence))).toEqual([]);
});

test('a dry run says what would be done and changes nothing', async () => {
  await set([{ key: 'A', value: 'one' }]);
  await sealAsBefore('A');
  const before = await database.db.variable.findMany();
  expect(await run(both, new Date(), { dryRun: true })).toBe(true);
  expect(said).toContain('keys of organizations: 1 to seal anew');
  expect(said).toContain('values of variables: 1 to seal anew');
  expect(await database.db.variable.findMany()).toEqual(before);
  expect(await database.db.organizationKey.count()).toBe(1);
});

test('what cannot be opened is named without its value and nothing is changed, unless it may be left', async () => {
  await set([
    { key: 'GOOD', value: 'good-value' },
    { key: 'LOST', value: 'lost-value' },
  ]);
  await sealAsBefore('LOST', 'a-third-one-that-nobody-knows-any-more');
  const before = await database.db.variable.findMany({ orderBy: { id: 'asc' } });
  expect(await run()).toBe(false);
  expect(said.join('\n')).toContain(`  variable LOST of ${project.environmentId} (${person.organizationId})`);
  expect(said.join('\n')).not.toMatch(/GOOD|value-|lost-value|good-value/);
  expect(await database.db.variable.findMany({ orderBy: { id: 'asc' } })).toEqual(before);
  expect(await run(both, null, { leaveUnopened: true })).toBe(true);
  const row = await database.db.variable.findFirstOrThrow({ where: { key: 'GOOD' } });
  const keyring = organizationKeys(database.db, aesGcmSecretBox(newer));
  const context = variableContext(row.environmentId, 'GOOD');
  expect(await keyring.open(row.organizationId, row.sealedValue, context)).toBe('good-value');
});

test('keys made anew seal all there is while a server goes on writing, and the old ones go in the end', async () => {
  await set([{ key: 'A', value: '0' }]);
  await restartWith(both);
  let rotated = false;
  const writing = (async () => {
    let last = 0;
    while (!rotated || last < 5) await set([{ key: 'A', value: String((last += 1)) }]);
    return last;
  })();
  expect(await run(both, new Date())).toBe(true);
  rotated = true;
  const last = await writing;
  const values = Object.values(await openAll(newer)).map(Number);
  expect(values).toEqual(Array.from({ length: last + 1 }, (_, i) => i));
  const heads = (await database.db.variable.findMany()).map(({ sealedValue }) => [...sealedValue.slice(0, 5)].join());
  expect(new Set(heads)).toEqual(new Set(['2,0,0,0,2']));
  expect(await database.db.organizationKey.count()).toBe(2);
  await database.db.$executeRaw`UPDATE "OrganizationKey" SET "createdAt" = now() - interval '1 hour'`;
  expect(await run()).toBe(true);
  expect(await database.db.organizationKey.findMany({ select: { number: true } })).toEqual([{ number: 2 }]);
  expect(Object.keys(await openAll(newer))).toHaveLength(last + 1);
});

test('a rotation that is killed half-way is run again, and nothing needs the old secret afterwards', async () => {
  const { organizationId } = await database.db.environment.findUniqueOrThrow({
    where: { id: uuid(project.environmentId) },
  });
  const box = aesGcmSecretBox(older);
  const environments = [project, await aProject(server, person), await aProject(server, person)].map((made) =>
    uuid(made.environmentId),
  );
  for (const environmentId of environments) {
    await database.db.variable.createMany({
      data: Array.from({ length: 250 }, (_, i) => ({
        id: newId(),
        organizationId,
        environmentId,
        key: `K${i}`,
        sealedValue: box.seal(`value ${i}`, variableContext(environmentId, `K${i}`)),
        isSecret: true,
        fromVersion: 1,
      })),
    });
  }
  await restartWith(both);
  const killed = await withHeld([...environments].sort().at(-1) ?? '', () =>
    command(['--organization-keys'], (line) => line.endsWith('values of variables sealed anew') && 'SIGKILL'),
  );
  expect(killed.signal).toBe('SIGKILL');
  await expect(openAll(newer)).rejects.toThrow();
  const { code, output } = await command(['--organization-keys'], () => false);
  expect(code, output).toBe(0);
  expect(output).toContain('--organization-keys --since ');
  expect(Object.keys(await openAll(newer))).toHaveLength(250);
  expect(output).not.toMatch(/value \d/);
}, 180_000);

/** Nobody comes to the end of this environment's variables while `act` runs. */
function withHeld<Result>(environmentId: string, act: () => Promise<Result>): Promise<Result> {
  return database.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "id" = ${environmentId}::uuid FOR UPDATE`;
      return act();
    },
    { timeout: 60_000 },
  );
}

/** The program itself; what `onLine` returns is sent to it. */
async function command(args: readonly string[], onLine: (line: string) => false | NodeJS.Signals) {
  const program = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', program, ...args], {
    env: { PATH: process.env.PATH, DATABASE_URL: database.url, APPLOYD_SECRET: both },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const signal = output.split('\n').slice(0, -1).map(onLine).find(Boolean);
      if (signal) child.kill(signal);
    });
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, output };
}
