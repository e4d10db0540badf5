import { newId } from '@apployd/core/id';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../log/logger.js';
import { aesGcmSecretBox } from './aes-gcm.js';
import { newOrganizationKey } from './organization-keys.js';
import { refuseWrongSecret } from './refuse-wrong-secret.js';

const [older, newer] = ['o'.repeat(32), 'n'.repeat(32)];
const check = (secrets: string) => refuseWrongSecret(database.db, aesGcmSecretBox(secrets), silentLogger);

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function aKey(secrets: string): Promise<void> {
  const id = newId();
  const data = { id, slug: id.slice(-12), name: 'Acme', plan: { connect: { code: 'FREE' } } };
  await database.db.organization.create({ data });
  await database.db.organizationKey.create({ data: newOrganizationKey(aesGcmSecretBox(secrets), id, 1) });
}

test('a database that holds nothing yet takes any secret', async () => {
  await check(newer);
});

test('a secret that opens but some of what is there is refused, with what to do', async () => {
  await aKey(older);
  await aKey(newer);
  await check(`${newer},${older}`);
  for (const one of [older, newer, 'x'.repeat(32)]) {
    await expect(check(one)).rejects.toThrow(/^APPLOYD_SECRET does not open what this database holds: set the one/);
  }
});
