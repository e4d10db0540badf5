import type { RequestListener } from 'node:http';
import net, { type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { aRoute, openBench } from '../testing/bench.js';

const apps: Readonly<Record<string, RequestListener>> = {
  'hangs up': (req) => void req.socket.destroy(),
  resets: (req) => void req.socket.resetAndDestroy(),
  'is mute': (req) => void req.resume(),
  'reads nothing': () => {},
  'refuses early': (_req, res) => void res.writeHead(413, { connection: 'close' }).end('no'),
  'dies in the answer': (req, res) => {
    res.writeHead(200, { 'content-length': 100_000 });
    res.write('x'.repeat(1000), () => req.socket.resetAndDestroy());
  },
  'says much': (_req, res) => void res.end('x'.repeat(500_000)),
  'sends back': (req, res) => void req.pipe(res),
};
const upgrades: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.destroy(),
  (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
  () => {},
  (socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.once('data', () => socket.resetAndDestroy());
  },
];

const request = (...lines: string[]) =>
  `${[...lines.slice(0, 1), 'Host: app.test', ...lines.slice(1)].join('\r\n')}\r\n\r\n`;
const requests: readonly string[] = [
  request('GET / HTTP/1.1').repeat(3),
  `${request('POST / HTTP/1.1', 'Content-Length: 200000')}${'x'.repeat(200_000)}`,
  `${request('POST / HTTP/1.1', 'Content-Length: 200000')}half`,
  `${request('POST / HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`,
  `${request('GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x')}early`,
  request('GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c'),
  `${request('GET / HTTP/1.1')}\0garbage`,
  'GET / HT',
];
const ends: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.destroy(),
  (socket) => void socket.resetAndDestroy(),
  (socket) => void socket.end(),
];

/** Sends, leaves one way or another once something came back or a moment passed, and is over when the connection is. */
function visit(port: number, bytes: string, leave: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const timer = setTimeout(() => leave(socket), 20);
    socket.on('error', () => {});
    socket.once('data', () => leave(socket)).resume();
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.write(bytes, 'latin1');
  });
}

test.each(Object.entries(apps))(
  'an app that %s, whatever its visitors do, leaves nothing open and breaks nothing',
  async (_, answer) => {
    const bench = await openBench();
    let count = 0;
    const app = await bench.target((req, res) => {
      for (const stream of [req, res]) stream.on('error', () => {});
      answer(req, res);
    });
    app.server.on('upgrade', (_req, socket: Socket) => {
      socket.on('error', () => {});
      upgrades[(count += 1) % upgrades.length]?.(socket);
    });
    const fine = await bench.target((_req, res) => res.end('fine'));
    await bench.router.apply([aRoute('app.test', app.address)]);
    const visits = requests.flatMap((bytes) =>
      ends.flatMap((leave) => upgrades.map(() => visit(bench.port, bytes, leave))),
    );
    await Promise.all(visits);
    await bench.router.apply([aRoute('app.test', fine.address)]);
    expect(await bench.ask()).toMatchObject({ status: 200, body: 'fine' });
    // Would take all of the grace, and so the test its time, if anything were open still.
    await bench.router.close(60_000);
    await Promise.all([app.kill(), fine.kill()]);
  },
);
