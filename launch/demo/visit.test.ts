import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { visit } from './visit.js';

test('many visits under one signal leave nothing behind on it', async () => {
  const server = createServer((_, response) => void response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { signal } = new AbortController();
  for (let count = 0; count < 20; count += 1) {
    expect(await visit(`http://127.0.0.1:${port}/`, { signal })).toEqual({ status: 200, body: 'hello' });
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  server.close();
});
