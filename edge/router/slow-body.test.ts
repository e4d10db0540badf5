import http from 'node:http';
import http2 from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { stall } from '../testing/stall.js';
import { steadily } from '../testing/steadily.js';
import { asHttp1, rememberConnections } from './http2-request.js';
import { watchBody } from './slow-body.js';

const idleMs = 300;
const closing: (() => void)[] = [];

afterEach(() => closing.splice(0).forEach((close) => close()));

/** A server over HTTP/2 that reads bodies and watches them; whom it has cut off, by path. */
async function aServer() {
  const server = http2.createServer();
  rememberConnections(server);
  const cut = new Set<string>();
  server.on('request', (request, response) => {
    const [req, res] = asHttp1(request, response);
    watchBody(req, idleMs, () => {
      cut.add(request.url);
      response.stream.close();
    });
    req.resume().on('end', () => res.end('all of it'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closing.push(() => {
    session.destroy();
    server.close();
  });
  const send = (path: string) => {
    const stream = session.request({ ':method': 'POST', ':path': path });
    stream.on('error', () => undefined);
    return stream;
  };
  return { send, cut };
}

test('a slow body is cut off though others on its connection move on, and those are not', () =>
  steadily(idleMs / 2, async (writes) => {
    const { send, cut } = await aServer();
    const [slow, steady] = [send('/slow'), send('/steady')];
    slow.write('a');
    const writing = setInterval(() => {
      writes();
      steady.write('x'.repeat(500));
    }, 20);
    closing.push(() => clearInterval(writing));
    await once(slow, 'close');
    clearInterval(writing);
    expect([...cut]).toEqual(['/slow']);
    steady.end('the end');
    const chunks: Buffer[] = [];
    for await (const chunk of steady) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('all of it');
  }));

test('what has come while the process was held up is read before anybody is cut off', async () => {
  let cuts = 0;
  const half = 'x'.repeat(100);
  const server = http.createServer((req, res) => {
    watchBody(req, idleMs, () => (cuts += 1));
    req.once('data', () => visitor.write(half));
    req.once('end', () => res.end('all of it'));
    visitor.write(half);
    stall(idleMs + 50);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const visitor = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  closing.push(() => {
    visitor.destroy();
    server.close();
  });
  visitor.write('POST / HTTP/1.1\r\nhost: app.test\r\nconnection: close\r\ncontent-length: 200\r\n\r\n');
  const chunks: Buffer[] = [];
  for await (const chunk of visitor) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toMatch(/all of it$/);
  expect(cuts).toBe(0);
});
