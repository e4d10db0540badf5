import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { fingerprints } from './fingerprints.js';
import { once, type Once } from './idempotency.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** One call with its key, from then on always the same. */
const aCall = async (): Promise<Once> => {
  const [organizationId, principalId] = [newId(), newId()];
  const plan = { connect: { code: 'FREE' } };
  await database.db.organization.create({ data: { id: organizationId, slug: organizationId, name: 'Ada', plan } });
  const secret = fingerprints('a secret that is long enough for a test');
  return { organizationId, principalId, mutation: 'projectCreate', key: 'key', input: {}, fingerprints: secret };
};

test('a call waits three seconds for another with its key, then says that it goes on; its effect may wait longer', async () => {
  const call = await aCall();
  const { db } = database;
  let began = (): void => undefined;
  const begun = new Promise<void>((resolve) => (began = resolve));
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const first = db.$transaction(
    (tx) =>
      once(tx, call, async () => {
        began();
        await ended;
        const [{ patience } = { patience: null }] = await tx.$queryRaw<{ patience: string | null }[]>`
          SELECT current_setting('lock_timeout') AS patience`;
        return { patience };
      }),
    { timeout: 30_000 },
  );
  await begun;
  const second = db.$transaction((tx) => once(tx, call, async () => ({ patience: 'none' })), { timeout: 30_000 });
  await expect(second).rejects.toMatchObject({ problem: 'IN_PROGRESS' });
  end();
  expect(await first).toEqual({ result: { patience: '0' }, replayed: false });
  const again = db.$transaction((tx) => once(tx, call, async () => ({ patience: 'none' })));
  expect(await again).toEqual({ result: { patience: '0' }, replayed: true });
});
