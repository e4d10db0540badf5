import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { httpServer, listen } from './http-server.js';

const many = 700;
/** Connects so many times, beside this thread, and counts whom the system has let in. */
const visitors = `
  const { workerData: { port, many, count } } = require('node:worker_threads');
  for (let i = 0; i < many; i += 1) {
    const socket = require('node:net').connect(port, '127.0.0.1').on('error', () => undefined);
    socket.once('connect', () => { Atomics.add(count, 0, 1); Atomics.notify(count, 0); });
  }
`;

test('all who come at once while the process is busy are let in', async () => {
  const server = httpServer(() => undefined);
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  const count = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(visitors, { eval: true, workerData: { port, many, count } });
  onTestFinished(async () => {
    await worker.terminate();
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => worker.once('online', resolve));
  // Nothing of this thread goes on, and nobody is taken out of the queue, until all are in it.
  for (let seen = 0; seen < many; seen = Atomics.load(count, 0))
    if (Atomics.wait(count, 0, seen, 5_000) === 'timed-out') break;
  expect(Atomics.load(count, 0)).toBe(many);
});
