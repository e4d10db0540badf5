import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '@apployd/backplane/testing/free-port';
import { deadlineIn } from '@apployd/core/deadline';
import { knock } from './knock.js';

const host = '127.0.0.1';

async function aServer(): Promise<number> {
  const server = net.createServer((socket) => socket.on('error', () => undefined)).listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a port that accepts connections is told from one that nobody has, whatever is said there', async () => {
  const port = await aServer();
  expect(await knock({ host, port, timeoutMs: 5_000, signal: deadlineIn(5_000) })).toEqual({ kind: 'connected' });
  const free = await freePort();
  expect(await knock({ host, port: free, timeoutMs: 5_000, signal: deadlineIn(5_000) })).toEqual({ kind: 'refused' });
});

test('a knock that was aborted is silent', async () => {
  const port = await aServer();
  expect(await knock({ host, port, timeoutMs: 5_000, signal: AbortSignal.abort() })).toEqual({ kind: 'silent' });
});
