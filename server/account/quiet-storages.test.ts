import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { aPerson } from '../testing/make.js';
import { testServer } from '../testing/test-server.js';
import { QuietStorage, quietStorages } from './quiet-storages.js';

/** Node's own word for it, until Node 24. */
const isHooked = (storage: object) => (storage as { readonly enabled?: boolean }).enabled === true;

test('keeps what it was entered with, however many are inside, and is out of the way afterwards', async () => {
  const storage = new QuietStorage<string>();
  const inside = (name: string, ms: number) =>
    storage.run(name, async () => {
      await sleep(ms);
      return storage.getStore();
    });
  expect(await Promise.all([inside('one', 5), inside('two', 20), inside('three', 1)])).toEqual(['one', 'two', 'three']);
  expect(storage.run('at once', (more: string) => `${storage.getStore()} ${more}`, 'said')).toBe('at once said');
  expect(() =>
    storage.run('thrown', () => {
      throw new Error('within');
    }),
  ).toThrow('within');
  await expect(storage.run('rejected', () => Promise.reject(new Error('late')))).rejects.toThrow('late');
  expect(isHooked(storage)).toBe(false);
  expect(storage.getStore()).toBeUndefined();
});

test('what signing up has entered slows nothing down afterwards', async () => {
  const storages = quietStorages();
  expect(storages.every((storage) => storage instanceof QuietStorage)).toBe(true);
  const entered = storages.map((storage) => vi.spyOn(storage, 'run'));
  const server = await testServer();
  try {
    await aPerson(server);
    expect(entered.some(({ mock }) => mock.calls.length > 0)).toBe(true);
    expect(storages.filter(isHooked)).toEqual([]);
  } finally {
    for (const run of entered) run.mockRestore();
    await server.close();
  }
});
