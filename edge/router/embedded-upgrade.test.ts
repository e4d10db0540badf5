import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { aRoute, openBench, type Bench } from '../testing/bench.js';
import { deferred } from '../testing/deferred.js';
import { sendRaw } from '../testing/raw.js';

const benches: Bench[] = [];
const aBench = async (...options: Parameters<typeof openBench>) => {
  const bench = await openBench(...options);
  benches.push(bench);
  return bench;
};
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.close()));
});

/** An app that says its name to whoever opens a socket, and then says everything back. */
async function anEcho(bench: Bench, name: string) {
  const target = await bench.target((_req, res) => res.end(name));
  const sockets = new WebSocketServer({ server: target.server });
  sockets.on('connection', (socket, req) => {
    socket.send(`${name} ${req.headers['x-forwarded-for']} ${req.url}`);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return { ...target, sockets };
}

const connect = (port: number, path = '/') =>
  new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host: 'app.test', 'x-forwarded-for': '6.6.6.6' } });

const next = async (socket: WebSocket) => ((await once(socket, 'message')) as [Buffer])[0];

const handshake = (...lines: string[]) =>
  [
    'GET / HTTP/1.1',
    'Host: app.test',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
    '',
    '',
  ].join('\r\n');

test('messages of any size pass both ways', async () => {
  const bench = await aBench();
  const echo = await anEcho(bench, 'one');
  await bench.router.apply([aRoute('app.test', echo.address)]);
  const socket = connect(bench.port, '/chat?room=1');
  expect((await next(socket)).toString()).toBe('one 127.0.0.1 /chat?room=1');
  for (const size of [0, 1, 126, 70_000, 2 ** 21]) {
    socket.send(Buffer.alloc(size, 'x'));
    expect((await next(socket)).equals(Buffer.alloc(size, 'x'))).toBe(true);
  }
  socket.close(4000, 'done');
  expect((await once(socket, 'close'))[0]).toBe(4000);
});

test('a socket survives a switch, and new ones open at the new app', async () => {
  const bench = await aBench();
  const [one, two] = [await anEcho(bench, 'one'), await anEcho(bench, 'two')];
  await bench.router.apply([aRoute('app.test', one.address)]);
  const first = connect(bench.port);
  await next(first);
  await bench.router.apply([aRoute('app.test', two.address)]);
  const second = connect(bench.port);
  expect((await next(second)).toString()).toMatch(/^two/);
  first.send('still here');
  expect((await next(first)).toString()).toBe('still here');
  first.close();
  second.close();
  await Promise.all([once(first, 'close'), once(second, 'close')]);
});

test('the end of either side ends the other', async () => {
  const bench = await aBench();
  const echo = await anEcho(bench, 'one');
  await bench.router.apply([aRoute('app.test', echo.address)]);
  const left = connect(bench.port);
  await next(left);
  const [seen] = [...echo.sockets.clients];
  left.terminate();
  await once(seen!, 'close');

  const dropped = connect(bench.port);
  await next(dropped);
  dropped.on('error', () => {});
  await Promise.all([once(dropped, 'close'), echo.kill()]);
});

test('a socket goes to the next app when one takes no connection', async () => {
  const bench = await aBench();
  const [one, two] = [await anEcho(bench, 'one'), await anEcho(bench, 'two')];
  await bench.router.apply([aRoute('app.test', one.address, two.address)]);
  await one.kill();
  for (let i = 0; i < 2; i += 1) {
    const socket = connect(bench.port);
    expect((await next(socket)).toString()).toMatch(/^two/);
    socket.terminate();
  }
});

test('an app that refuses the upgrade is heard, and cannot pretend to be the edge', async () => {
  const bench = await aBench();
  const app = await bench.target(() => {});
  app.server.on('upgrade', (_req, socket) => {
    socket.end('HTTP/1.1 403 Forbidden\r\nApployd-Error: NO_ROUTE\r\nContent-Length: 2\r\n\r\nno');
  });
  await bench.router.apply([aRoute('app.test', app.address)]);
  const answer = await sendRaw(bench.port, handshake());
  expect(answer).toMatch(/^HTTP\/1.1 403 Forbidden\r\n[^]*no$/);
  expect(answer).not.toMatch(/apployd-error/i);
});

test.each([
  ['an unknown host', 'other.test', 404, 'NO_ROUTE'],
  ['a host where nobody is home', 'empty.test', 503, 'NOBODY_HOME'],
  ['an app that takes no connection', 'dead.test', 502, 'UPSTREAM_UNREACHABLE'],
  ['an app that does not answer', 'mute.test', 504, 'UPSTREAM_TIMEOUT'],
])('%s is answered in HTTP', async (_, host, status, code) => {
  const bench = await aBench({ answerTimeoutMs: 100 });
  const dead = await bench.target(() => {});
  const mute = await bench.target(() => {});
  mute.server.on('upgrade', () => {});
  await bench.router.apply([
    aRoute('dead.test', dead.address),
    aRoute('mute.test', mute.address),
    aRoute('empty.test'),
  ]);
  await dead.kill();
  const answer = await sendRaw(bench.port, handshake().replace('app.test', host));
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*apployd-error: ${code}`));
});

test('bytes sent right behind the handshake are not lost', async () => {
  const bench = await aBench();
  const app = await bench.target(() => {});
  app.server.on('upgrade', (_req, socket: net.Socket, head: Buffer) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello ');
    socket.unshift(head);
    socket.on('data', (data) => socket.end(data));
  });
  await bench.router.apply([aRoute('app.test', app.address)]);
  expect(await sendRaw(bench.port, `${handshake()}early`)).toMatch(/^HTTP\/1.1 101 [^]*\r\n\r\nhello early$/);
});

test('what passes on an open socket is counted', async () => {
  const bench = await aBench();
  const echo = await anEcho(bench, 'one');
  await bench.router.apply([aRoute('app.test', echo.address)]);
  const socket = connect(bench.port);
  await next(socket);
  socket.send(Buffer.alloc(10_000));
  await next(socket);
  const [sample] = (await bench.router.traffic()).samples;
  expect(sample?.requests).toBe(1);
  expect(Math.min(sample?.bytesIn ?? 0, sample?.bytesOut ?? 0)).toBeGreaterThan(10_000);
  socket.terminate();
});

test('closing ends open sockets once the grace is over', async () => {
  const bench = await aBench();
  const echo = await anEcho(bench, 'one');
  await bench.router.apply([aRoute('app.test', echo.address)]);
  const socket = connect(bench.port);
  await next(socket);
  const closed = once(socket, 'close');
  await bench.router.close(50);
  await closed;
});

test('requests and sockets of the platform host go to the server', async () => {
  const opened = deferred<http.IncomingMessage>();
  const server = await new Promise<http.Server>((resolve) => {
    const started = http
      .createServer((req, res) => res.end(`api ${req.url}`))
      .listen(0, '127.0.0.1', () => resolve(started));
  });
  const api = new WebSocketServer({ server, path: '/graphql' });
  api.on('connection', (_socket, req) => opened.resolve(req));
  const address = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  const bench = await aBench({ platform: { hostnames: ['app.test'], server: address, dashboard: null } });
  expect((await bench.ask({ path: '/graphql?x' })).body).toBe('api /graphql?x');
  const socket = connect(bench.port, '/graphql');
  expect((await opened.promise).headers.host).toBe('app.test');
  expect((await bench.ask({ path: '/graphqlx' })).body).toBe('Apployd: The API of this platform is at /graphql.\n');
  socket.terminate();
  api.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await bench.ask({ path: '/graphql', method: 'POST', body: '{}' })).toMatchObject({
    status: 503,
    headers: { 'retry-after': '5', 'apployd-error': 'PLATFORM_DOWN' },
  });
});
