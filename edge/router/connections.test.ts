import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { stall } from '../testing/stall.js';
import { connections } from './connections.js';

const host = '127.0.0.1';

function open(connectTimeoutMs: number) {
  const opened = connections({ connectTimeoutMs });
  onTestFinished(() => opened.close());
  return opened;
}

test('a connection that stood before its time was over is used, though the process heard of it later', async () => {
  const server = net.createServer((socket) => void socket.end()).listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  // From here timers are next.
  await setImmediate();
  const connecting = open(50).connect({ host, port: (server.address() as AddressInfo).port });
  process.nextTick(stall, 100);
  const socket = await connecting;
  expect(socket.remoteAddress).toBe(host);
  socket.destroy();
});

/** Takes as many connections as wait for it, and no more: it never looks at them. */
const looksAway = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ port: 0, host: '${host}', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

test('one that does not come about in its time is given up', async () => {
  const worker = new Worker(looksAway, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = (await once(worker, 'message')) as [number];
  for (let waiting = 0; waiting < 2; waiting += 1) {
    const socket = net.connect(port, host);
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
  }
  await expect(open(50).connect({ host, port })).rejects.toThrow(/took longer than 50 ms/);
});
