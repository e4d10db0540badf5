import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { chooseDataFolder, foreseeDataFolder } from './data-folder.js';

const checkout = { workingFolder: '/root/apployd', requested: undefined, blocking: null };

test('data is kept beside the checkout', () => {
  expect(chooseDataFolder(checkout)).toEqual({ folder: '/root/apployd/.apployd' });
});

test("where PostgreSQL's user cannot reach the checkout, data is kept in the system's folder, and start says so", () => {
  expect(chooseDataFolder({ ...checkout, blocking: '/root' })).toEqual({
    folder: '/var/lib/apployd',
    notice: 'Data is kept in /var/lib/apployd, because user `postgres` cannot pass through /root.',
  });
});

test('a folder that was asked for is taken, whatever is in the way', () => {
  expect(chooseDataFolder({ ...checkout, requested: 'data', blocking: '/root' })).toEqual({
    folder: '/root/apployd/data',
  });
});

test('what is foreseen is what a start does: root keeps out of a private checkout, unless PostgreSQL runs elsewhere', async () => {
  const workingFolder = await mkdtemp(path.join(os.tmpdir(), 'launch-test-'));
  const own = path.join(workingFolder, '.apployd');
  const foresee = (embedsPostgres: boolean) =>
    foreseeDataFolder({ requested: undefined, workingFolder, embedsPostgres });
  expect(await foresee(true)).toBe(process.getuid?.() === 0 ? '/var/lib/apployd' : own);
  expect(await foresee(false)).toBe(own);
  await rm(workingFolder, { recursive: true });
});
