import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const program = path.join(import.meta.dirname, 'is-healthy.mjs');

/** The exit code of the check, asked with these arguments. */
const check = (...args: readonly string[]) =>
  run(process.execPath, [program, ...args], { timeout: 20_000 }).then(
    () => 0,
    ({ code }: { code: number }) => code,
  );

test('what answers well at its path is healthy, and what answers badly is not', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/well' ? 200 : 503).end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const port = String((server.address() as AddressInfo).port);
  expect(await check('127.0.0.1', port, '/well')).toBe(0);
  expect(await check('127.0.0.1', port, '/badly')).toBe(1);
});

test('what does not listen is not', async () => {
  expect(await check('127.0.0.1', '1', '/well')).toBe(1);
});
