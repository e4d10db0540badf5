import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { silentLogger } from '@apployd/backplane/log/logger';
import { until } from '@apployd/backplane/testing/until';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certbotCertificates } from './certbot.js';

/** Registers at once; orders for ever, and writes to its folder once more when it is told to end. */
const program = `#!/bin/sh
[ "$1" = register ] && exit 0
while [ "$1" != --config-dir ]; do shift; done
trap 'sleep 0.3; echo ended > "$2/late"; cp "$2/late" "$2/../ended"; exit 1' TERM
echo started > "$2/../started"
while true; do sleep 0.05; done
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-certbot-'));
  await writeFile(path.join(folder, 'program'), program, { mode: 0o700 });
});

afterEach(() => rm(folder, { recursive: true }));

const orders = async () => (await readdir(folder)).filter((name) => name.startsWith('order-'));

function certificates() {
  const challenges = { answer: async () => undefined, withdraw: async () => undefined };
  const places = { program: path.join(folder, 'program'), folder, directory: 'https://acme.test', caFile: null };
  return certbotCertificates({ ...places, email: null, challenges, dns: null, log: silentLogger });
}

test('an order that is given up leaves its folder to the program until that has ended, and nothing after it', async () => {
  const stop = new AbortController();
  const issued = certificates().issue('shop.example.test', stop.signal);
  await until(async () => (await readdir(folder)).includes('started'), 'the program to run');
  stop.abort(new Error('given up'));
  await expect(issued).rejects.toThrow('given up');
  expect(await readdir(folder)).toContain('ended');
  expect(await orders()).toEqual([]);
});

test('what an engine that was killed has left of its orders is removed, and what another is at is not', async () => {
  const [left, another] = ['order-left', 'order-another'].map((name) => path.join(folder, name));
  for (const each of [left, another]) await mkdir(path.join(each!, 'logs'), { recursive: true });
  const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(left!, hoursAgo, hoursAgo);
  const stop = new AbortController();
  const issued = certificates().issue('shop.example.test', stop.signal);
  await until(async () => (await readdir(folder)).includes('started'), 'the program to run');
  expect(await orders()).toHaveLength(2);
  expect(await orders()).toContain('order-another');
  stop.abort(new Error('given up'));
  await expect(issued).rejects.toThrow('given up');
});
