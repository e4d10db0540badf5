import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { deadlineIn } from '@apployd/core/deadline';
import { nodePort80 } from './node.js';

const opened: http.Server[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await new Promise((resolve) => server.close(resolve).closeAllConnections());
});

async function serve(answer: http.RequestListener) {
  const server = http.createServer(answer).listen(0, '127.0.0.1');
  opened.push(server);
  await once(server, 'listening');
  const port80 = nodePort80((server.address() as AddressInfo).port);
  const question = { address: '127.0.0.1', hostname: 'shop.example.com', path: '/.well-known/acme-challenge/token' };
  return (signal = deadlineIn(10_000)) => port80.ask(question, signal);
}

test('an address is asked for a name and a path, and what it answers is told', async () => {
  const ask = await serve(({ headers, url }, response) => response.end(`${headers.host} ${url}`));
  expect(await ask()).toEqual({ status: 200, body: 'shop.example.com /.well-known/acme-challenge/token' });
});

test('a redirect is told, and not followed', async () => {
  let asked = 0;
  const ask = await serve((_, response) => {
    asked += 1;
    response.writeHead(301, { location: '/elsewhere' }).end();
  });
  expect(await ask()).toMatchObject({ status: 301 });
  expect(asked).toBe(1);
});

test('of an answer without end the beginning is read', async () => {
  const ask = await serve((_, response) => {
    const write = () => void (response.destroyed || (response.write('x'.repeat(4_096)), setImmediate(write)));
    write();
  });
  expect((await ask()).body).toBe('x'.repeat(1_024));
});

test('one that does not answer is waited for as long as the caller wants, also in the middle of an answer', async () => {
  const never = await serve(() => undefined);
  await expect(never(deadlineIn(200))).rejects.toThrow();
  const halfway = await serve((_, response) => void response.write('x'));
  await expect(halfway(deadlineIn(200))).rejects.toThrow();
});

test('where nobody listens, that is told', async () => {
  const ask = await serve(() => undefined);
  await new Promise((resolve) => opened[0]!.close(resolve));
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
