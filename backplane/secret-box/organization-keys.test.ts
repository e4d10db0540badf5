import { randomUUID } from 'node:crypto';
import { newId } from '@apployd/core/id';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aesGcmSecretBox } from './aes-gcm.js';
import { newOrganizationKey, organizationKeys, wrapAnew } from './organization-keys.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const platform = aesGcmSecretBox('o'.repeat(32));

async function anOrganization(): Promise<string> {
  const id = newId();
  const data = { id, slug: id.slice(-12), name: 'Acme', plan: { connect: { code: 'FREE' } } };
  await database.db.organization.create({ data });
  return id;
}

const sealFor = (organizationId: string, text: string, keyring = organizationKeys(database.db, platform)) =>
  database.db.$transaction(async (tx) => (await keyring.boxIn(tx, organizationId)).seal(text, 'row'));

test('what one process seals another opens, and no other organization', async () => {
  const [mine, theirs] = [await anOrganization(), await anOrganization()];
  const sealed = await sealFor(mine, 'größer 🚀');
  await sealFor(theirs, 'something');
  const there = organizationKeys(database.db, aesGcmSecretBox('o'.repeat(32)));
  expect(await there.open(mine, sealed, 'row')).toBe('größer 🚀');
  await expect(there.open(mine, sealed, 'other row')).rejects.toThrow('moved');
  await expect(there.open(theirs, sealed, 'row')).rejects.toThrow('moved');
  expect(() => platform.open(sealed, 'row')).toThrow();
});

test('twenty first uses at once end with one key', async () => {
  const id = await anOrganization();
  const sealed = await Promise.all(Array.from({ length: 20 }, (_, i) => sealFor(id, `value ${i}`)));
  expect(await database.db.organizationKey.count({ where: { organizationId: id } })).toBe(1);
  const keyring = organizationKeys(database.db, platform);
  const opened = await Promise.all(sealed.map((value) => keyring.open(id, value, 'row')));
  expect(opened).toEqual(Array.from({ length: 20 }, (_, i) => `value ${i}`));
});

test('a first key of a transaction that fails leaves nothing, and the next use makes another', async () => {
  const id = await anOrganization();
  const keyring = organizationKeys(database.db, platform);
  const failed = database.db.$transaction(async (tx) => {
    await keyring.boxIn(tx, id);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  const sealed = await sealFor(id, 'text', keyring);
  expect(await keyring.open(id, sealed, 'row')).toBe('text');
});

test('a newer key seals at once, and the older ones go on opening', async () => {
  const id = await anOrganization();
  const keyring = organizationKeys(database.db, platform);
  const before = await sealFor(id, 'before', keyring);
  await database.db.organizationKey.create({ data: newOrganizationKey(platform, id, 2) });
  const after = await sealFor(id, 'after', keyring);
  expect([before, after].map((sealed) => sealed.slice(0, 5).join(' '))).toEqual(['2 0 0 0 1', '2 0 0 0 2']);
  expect(await keyring.open(id, before, 'row')).toBe('before');
  expect(await keyring.open(id, after, 'row')).toBe('after');
  await database.db.organizationKey.delete({ where: { organizationId_number: { organizationId: id, number: 1 } } });
  await expect(keyring.open(id, before, 'row')).rejects.toThrow('not there any more');
});

test("the platform's box goes on opening what it sealed before there were keys", async () => {
  const id = await anOrganization();
  const keyring = organizationKeys(database.db, platform);
  expect(await keyring.open(id, platform.seal('from before', 'row'), 'row')).toBe('from before');
  expect(await database.db.organizationKey.count({ where: { organizationId: id } })).toBe(0);
});

test('a key that was wrapped anew opens with the new secret alone; one that is put elsewhere does not', async () => {
  const id = await anOrganization();
  const sealed = await sealFor(id, 'text');
  const row = await database.db.organizationKey.findFirstOrThrow({ where: { organizationId: id } });
  const both = aesGcmSecretBox(`${'n'.repeat(32)},${'o'.repeat(32)}`);
  expect(() => wrapAnew(both, { ...row, organizationId: randomUUID() })).toThrow('moved');
  const sealedKey = wrapAnew(both, row);
  await database.db.organizationKey.updateMany({ where: { organizationId: id }, data: { sealedKey } });
  const after = organizationKeys(database.db, aesGcmSecretBox('n'.repeat(32)));
  expect(await after.open(id, sealed, 'row')).toBe('text');
  await expect(organizationKeys(database.db, platform).open(id, sealed, 'row')).rejects.toThrow('Add its secret back');
});

test('opened for many organizations at once, keys are looked up in one statement', async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, anOrganization));
  const sealed = await Promise.all(ids.map((id) => sealFor(id, id)));
  let lookups = 0;
  const counting = database.db.$extends({
    query: { organizationKey: { findMany: ({ args, query }) => ((lookups += 1), query(args)) } },
  });
  const keyring = organizationKeys(counting as unknown as TestDatabase['db'], platform);
  const opened = await Promise.all(ids.map((id, i) => keyring.open(id, sealed[i]!, 'row')));
  expect([opened, lookups]).toEqual([ids, 1]);
});
