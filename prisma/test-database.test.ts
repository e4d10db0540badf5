import { expect, test } from 'vitest';
import { testDatabase } from './test-database.js';

test('test databases made at the same time are migrated and do not see each other', async () => {
  const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
  try {
    await one.db.user.create({ data: { id: crypto.randomUUID(), name: 'Ada', email: 'ada@example.com' } });
    expect(await one.db.user.count()).toBe(1);
    expect(await other.db.user.count()).toBe(0);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});
