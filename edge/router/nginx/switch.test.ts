import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { isLeftOut } from '@apployd/test/without';
import { aRoute } from '../../testing/bench.js';
import { deferred } from '../../testing/deferred.js';
import { openNginxBench, type NginxBench } from '../../testing/nginx-bench.js';
import { sendRaw } from '../../testing/raw.js';
import { visitors } from '../../testing/visitors.js';

const named = (name: string) => (req: http.IncomingMessage, res: http.ServerResponse) => {
  req.resume().once('end', () => res.end(name));
};

describe.skipIf(isLeftOut('nginx'))('Nginx switches', () => {
  let bench: NginxBench;
  beforeAll(async () => {
    bench = await openNginxBench({ connectTimeoutMs: 1_000 });
  });
  afterAll(() => bench.close());

  test.each([
    ['reads', {}],
    ['writes', { method: 'POST', body: 'x'.repeat(20_000) }],
  ])('twenty times under many %s of strict clients and fails none', async (_, options) => {
    const names = Array.from({ length: 20 }, (_, i) => `release ${i}`);
    let current = await bench.app(named('first'));
    const load = visitors(bench, 12, options);
    for (const name of names) {
      const next = await bench.target(named(name));
      await bench.router.apply([aRoute('app.test', next.address)]);
      // A worker that chose the old app before may connect to it late.
      await Promise.all([load.pass(), load.reach(load.seen.length + 60)]);
      await current.end();
      current = next;
    }
    const seen = await load.stop();
    expect(seen.filter((body) => body !== 'first' && !names.includes(body))).toEqual([]);
    expect(new Set(seen).size).toBeGreaterThanOrEqual(names.length);
  });

  test('for the next request at once, on a connection that is kept too', async () => {
    const [one, two] = [await bench.target(named('one')), await bench.target(named('two'))];
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 10; i += 1) {
      await bench.router.apply([aRoute('app.test', (i % 2 ? one : two).address)]);
      expect((await bench.ask({ agent })).body).toBe(i % 2 ? 'one' : 'two');
    }
    agent.destroy();
  });

  test('while an upload that began before ends at the old app', async () => {
    const opened = deferred();
    const old = await bench.app(async (req, res) => {
      opened.resolve();
      res.end((await req.toArray()).join(''));
    });
    const req = http.request({ host: '127.0.0.1', port: bench.port, method: 'POST', headers: { host: 'app.test' } });
    req.write('first ');
    await opened.promise;
    const next = await bench.target(named('new'));
    await bench.router.apply([aRoute('app.test', next.address)]);
    const ended = old.end();
    expect((await bench.ask()).body).toBe('new');
    req.end('second');
    const [response] = (await once(req, 'response')) as [http.IncomingMessage];
    expect((await response.toArray()).join('')).toBe('first second');
    await ended;
  });

  /** Answers the first request of each connection, and hangs up at the second. */
  async function hangingUp() {
    const requests: string[] = [];
    const server = net.createServer((socket) => {
      let count = 0;
      socket.on('error', () => {});
      socket.on('data', (data) => {
        requests.push(data.toString().split(' ', 1)[0] ?? '');
        if ((count += 1) > 1) return void socket.destroy();
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine');
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { server, requests, address: `127.0.0.1:${(server.address() as net.AddressInfo).port}` };
  }

  test('nobody to an error, though every kept connection was closed meanwhile', async () => {
    const { server, address } = await hangingUp();
    await bench.router.apply([aRoute('app.test', address)]);
    await Promise.all(Array.from({ length: 8 }, () => bench.ask()));
    for (let i = 0; i < 8; i += 1) expect(await bench.ask()).toMatchObject({ status: 200, body: 'fine' });
    server.close();
  });

  test.each(['POST', 'PUT', 'DELETE'])(
    'no connection of another request to a %s, and never sends it twice',
    async (method) => {
      const { server, requests, address } = await hangingUp();
      await bench.router.apply([aRoute('app.test', address)]);
      const body = method === 'DELETE' ? {} : { body: 'x' };
      for (let i = 0; i < 3; i += 1) expect(await bench.ask({ method, ...body })).toMatchObject({ status: 200 });
      expect(requests).toEqual([method, method, method]);
      server.close();
    },
  );

  test.each(['GET', 'PUT', 'POST'])('not to the next app with a %s that kills one', async (method) => {
    const seen: string[] = [];
    const deadly = (name: string) => (req: http.IncomingMessage) => {
      seen.push(name);
      req.socket.destroy();
    };
    const [one, two] = [await bench.target(deadly('one')), await bench.target(deadly('two'))];
    await bench.router.apply([aRoute('app.test', one.address, two.address)]);
    expect(await bench.ask({ method })).toMatchObject({ status: 502 });
    expect(seen).toHaveLength(1);
  });

  test.each([
    ['reads', {}],
    ['writes', { method: 'POST', body: 'x'.repeat(100_000) }],
  ])('%s to an app that takes no connection, whole, to the next one', async (_, options) => {
    const targets = await Promise.all(
      [1, 2, 3].map(() =>
        bench.target(async (req, res) => void res.end(String((await req.toArray()).join('').length))),
      ),
    );
    await bench.router.apply([aRoute('app.test', ...targets.map(({ address }) => address))]);
    await Promise.all([targets[0]?.kill(), targets[1]?.kill()]);
    const expected = String('body' in options ? options.body.length : 0);
    for (let i = 0; i < 6; i += 1) expect(await bench.ask(options)).toMatchObject({ status: 200, body: expected });
  });

  /** An app that says its name to whoever opens a socket, and then says everything back. */
  async function anEcho(name: string) {
    const target = await bench.target((_req, res) => res.end(name));
    const sockets = new WebSocketServer({ server: target.server });
    sockets.on('connection', (socket, req) => {
      socket.send(`${name} ${req.headers['x-forwarded-for']} ${req.url}`);
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    return target;
  }

  const connect = () =>
    new WebSocket(`ws://127.0.0.1:${bench.port}/socket?a=1`, {
      headers: { host: 'app.test', 'x-forwarded-for': '6.6.6.6' },
    });
  const next = async (socket: WebSocket) => ((await once(socket, 'message')) as [Buffer])[0].toString();

  test('new sockets to the new app, while one that is open goes on at the old', async () => {
    const [one, two] = [await anEcho('one'), await anEcho('two')];
    await bench.router.apply([aRoute('app.test', one.address)]);
    const first = connect();
    expect(await next(first)).toBe('one 127.0.0.1 /socket?a=1');
    await bench.router.apply([aRoute('app.test', two.address)]);
    const second = connect();
    expect(await next(second)).toMatch(/^two/);
    first.send('still here');
    expect(await next(first)).toBe('still here');
    first.close();
    second.close();
    await Promise.all([once(first, 'close'), once(second, 'close')]);
  });

  test('a socket to the next app when one takes no connection', async () => {
    const [one, two] = [await anEcho('one'), await anEcho('two')];
    await bench.router.apply([aRoute('app.test', one.address, two.address)]);
    await one.kill();
    for (let i = 0; i < 2; i += 1) {
      const socket = connect();
      expect(await next(socket)).toMatch(/^two/);
      socket.terminate();
    }
  });

  test('the end of an app to the end of its sockets', async () => {
    const echo = await anEcho('one');
    await bench.router.apply([aRoute('app.test', echo.address)]);
    const socket = connect();
    await next(socket);
    socket.on('error', () => {});
    await Promise.all([once(socket, 'close'), echo.kill()]);
  });

  test('nothing for an app that refuses an upgrade: it is heard, and cannot pretend to be the edge', async () => {
    const app = await bench.target(() => {});
    app.server.on('upgrade', (_req, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nApployd-Error: NO_ROUTE\r\nContent-Length: 2\r\n\r\nno');
    });
    await bench.router.apply([aRoute('app.test', app.address)]);
    const lines = ['GET / HTTP/1.1', 'Host: app.test', 'Connection: Upgrade, close', 'Upgrade: websocket', '', ''];
    const answer = await sendRaw(bench.port, lines.join('\r\n'));
    expect(answer).toMatch(/^HTTP\/1.1 403 Forbidden\r\n[^]*no$/);
    expect(answer).not.toMatch(/apployd-error/i);
  });
});
