import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '@apployd/backplane/testing/free-port';
import { probe } from './probe.js';

const never: AbortSignal = new AbortController().signal;

async function aServer(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  return (server.address() as AddressInfo).port;
}

const ask = (port: number, more: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  probe({ host: '127.0.0.1', port, path: '/', hostname: 'app.localhost', timeoutMs: 20_000, signal: never, ...more });

test('an answer is told with its status, and with the error of an edge that answered by itself', async () => {
  const port = await aServer(
    createServer((request, response) => response.writeHead(302, { 'apployd-error': request.headers.host }).end()),
  );
  expect(await ask(port)).toEqual({ kind: 'answer', status: 302, edgeError: 'app.localhost' });
});

test('where nobody listens it is refused', async () => {
  expect(await ask(await freePort())).toEqual({ kind: 'refused' });
});

test('what accepts and never answers is silent once the time is over, or the signal fires', async () => {
  const port = await aServer(createServer(() => undefined));
  expect(await ask(port, { timeoutMs: 20 })).toEqual({ kind: 'silent' });
  const stop = new AbortController();
  const asking = ask(port, { signal: stop.signal });
  stop.abort();
  expect(await asking).toEqual({ kind: 'silent' });
});
