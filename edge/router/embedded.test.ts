import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { usualEdgeSettings } from '@apployd/core/edge-settings';
import { ask } from '../testing/ask.js';
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

const request = (port: number, options: http.RequestOptions) =>
  http.request({ host: '127.0.0.1', port, ...options, headers: { host: 'app.test', ...options.headers } });

const chunk = (bytes: number) => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`;

/** The next connection at a port, as the router has it. */
const acceptedAt = (port: number) =>
  new Promise<net.Socket>((resolve) => {
    const look = (message: unknown) => {
      const { socket } = message as { socket: net.Socket };
      if (socket.localPort !== port) return;
      unsubscribe('net.server.socket', look);
      resolve(socket);
    };
    subscribe('net.server.socket', look);
  });

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;

describe('who leaves or goes on when nobody listens any more', () => {
  const atMost1MiB = { ...usualEdgeSettings, bodyLimit: 'MIB_1' as const };

  test('a body that goes on past its limit after an early answer is cut off, and the next visitor is served', async () => {
    const bench = await aBench();
    const app = await bench.app((req, res) => void (req.resume(), res.end('early')));
    await bench.router.apply([{ ...aRoute('app.test', app.address), edge: atMost1MiB }]);
    const visitor = net.connect(bench.port, '127.0.0.1').on('error', () => undefined);
    const closed = new Promise((resolve) => visitor.once('close', resolve));
    visitor.write(head('POST / HTTP/1.1', 'host: app.test', 'transfer-encoding: chunked') + chunk(5));
    await once(visitor, 'data');
    const more = () => {
      while (!visitor.destroyed && visitor.write(chunk(65_536)));
    };
    visitor.resume().on('drain', more);
    more();
    await closed;
    expect((await bench.ask()).body).toBe('early');
  });

  test.each(['', 'connection: Upgrade\r\nupgrade: websocket\r\n'])(
    'who leaves while a password is looked at is no open request (%j)',
    async (further) => {
      const looks = deferred<void>();
      const verdict = deferred<'yes'>();
      const passwords = { check: () => (looks.resolve(), verdict.promise) };
      const bench = await aBench({ passwords });
      const app = await bench.app((_req, res) => res.end('in'));
      const protectedBy = { ...usualEdgeSettings, passwords: [{ name: 'ada', hash: 'of ada' }] };
      await bench.router.apply([{ ...aRoute('app.test', app.address), edge: protectedBy }]);
      const accepted = acceptedAt(bench.port);
      const visitor = net.connect(bench.port, '127.0.0.1');
      visitor.write(`GET / HTTP/1.1\r\nhost: app.test\r\n${further}\r\n`);
      await looks.promise;
      const socket = await accepted;
      const left = new Promise((resolve) => socket.once('close', resolve));
      visitor.resetAndDestroy();
      await left;
      verdict.resolve('yes');
      expect((await bench.ask()).body).toBe('in');
      const { samples } = await bench.router.traffic();
      expect(samples.map(({ open }) => open)).toEqual([0]);
    },
  );
});

describe('answers pass as they are', () => {
  test('status, reason, spelling, repeated headers and body', async () => {
    const bench = await aBench();
    await bench.app((_req, res) => {
      res.writeHead(418, 'Short and stout', ['X-Kettle', 'on', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
      res.end('tea');
    });
    const answer = await bench.ask();
    expect(answer).toMatchObject({ status: 418, body: 'tea' });
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.rawHeaders).toContain('X-Kettle');
  });

  test('HEAD keeps the length and has no body', async () => {
    const bench = await aBench();
    await bench.app((_req, res) => res.writeHead(200, { 'content-length': 5 }).end('12345'));
    expect(await bench.ask({ method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '5' },
    });
  });

  test('204 and 304 have no body, and the connection serves the next request', async () => {
    const bench = await aBench();
    const app = await bench.app((req, res) => res.writeHead(Number(req.url?.slice(1))).end());
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const answers = [];
    for (const path of ['/204', '/304', '/200']) answers.push(await bench.ask({ path, agent }));
    agent.destroy();
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [204, ''],
      [304, ''],
      [200, ''],
    ]);
    expect(app.connections()).toBe(1);
  });

  test('trailers arrive after a chunked body', async () => {
    const bench = await aBench();
    await bench.app((_req, res) => {
      res.writeHead(200, { trailer: 'X-Sum' });
      res.write('body');
      res.addTrailers({ 'X-Sum': '42' });
      res.end();
    });
    expect(await bench.ask()).toMatchObject({ body: 'body', trailers: { 'x-sum': '42' } });
  });

  test('early hints come before the answer', async () => {
    const bench = await aBench();
    await bench.app((_req, res) => {
      res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      res.end('page');
    });
    const req = request(bench.port, {}).end();
    const [[information], [response]] = (await Promise.all([once(req, 'information'), once(req, 'response')])) as [
      [http.InformationEvent],
      [http.IncomingMessage],
    ];
    response.resume();
    expect([information.statusCode, information.headers['link']]).toEqual([103, '</style.css>; rel=preload; as=style']);
  });

  test('Expect: 100-continue is answered, and the body then arrives', async () => {
    const bench = await aBench();
    await bench.app((req, res) => void req.pipe(res));
    const req = request(bench.port, { method: 'POST', headers: { expect: '100-continue', 'content-length': 4 } });
    req.flushHeaders();
    await once(req, 'continue');
    req.end('body');
    const [response] = (await once(req, 'response')) as [http.IncomingMessage];
    expect((await response.toArray()).join('')).toBe('body');
  });

  test('an HTTP/1.0 visitor gets an answer without chunks, and the end of the connection', async () => {
    const bench = await aBench();
    await bench.app((_req, res) => {
      res.write('one ');
      res.end('two');
    });
    const answer = await sendRaw(bench.port, head('GET / HTTP/1.0', 'Host: app.test'));
    expect(answer).toMatch(/\r\n\r\none two$/);
    expect(answer).not.toMatch(/chunked/i);
  });

  test('a visitor who asks for the connection to be closed has it closed', async () => {
    const bench = await aBench();
    await bench.app((_req, res) => res.end('bye'));
    expect(await sendRaw(bench.port, head('GET / HTTP/1.1', 'Host: app.test', 'Connection: close'))).toMatch(/bye$/);
  });

  test('a request for HTTP/2 by upgrade is answered in HTTP/1.1', async () => {
    const bench = await aBench();
    await bench.app(async (req, res) => void res.end(`${req.headers.upgrade} ${(await req.toArray()).join('')}`));
    const lines = [
      'Host: app.test',
      'Connection: Upgrade, HTTP2-Settings, close',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABk',
    ];
    const answer = await sendRaw(bench.port, `${head('POST / HTTP/1.1', ...lines, 'Content-Length: 4')}body`);
    expect(answer).toMatch(/^HTTP\/1.1 200 [^]*undefined body$/);
  });

  test('a target in a full URL is taken for its host and its path', async () => {
    const bench = await aBench();
    await bench.app((req, res) => res.end(`${req.headers.host} ${req.url}`));
    const answer = await sendRaw(
      bench.port,
      head('GET http://app.test/a?b HTTP/1.1', 'Host: other.test', 'Connection: close'),
    );
    expect(answer).toMatch(/app\.test \/a\?b$/);
  });

  test('the path reaches the app byte for byte', async () => {
    const bench = await aBench();
    await bench.app((req, res) => res.end(req.url));
    for (const path of ['//a//b/../c', '/%2e%2e/%00?x=//y&z=%20', '/?', '/a?b?c#d']) {
      expect((await bench.ask({ path })).body).toBe(path);
    }
  });
});

describe('nothing is held back', () => {
  test('each chunk of an answer arrives before the next is written', async () => {
    const bench = await aBench();
    const { promise: opened, resolve: open } = deferred<http.ServerResponse>();
    await bench.app((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      open(res);
    });
    const req = request(bench.port, {}).end();
    const [response] = (await once(req, 'response')) as [http.IncomingMessage];
    const writer = await opened;
    for (const chunk of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      writer.write(chunk);
      const [seen] = (await once(response, 'data')) as [Buffer];
      expect(seen.toString()).toBe(chunk);
    }
    writer.end();
    await once(response, 'end');
  });

  test('each chunk of an upload arrives before the next is sent', async () => {
    const bench = await aBench();
    const { promise: opened, resolve: open } = deferred<http.IncomingMessage>();
    await bench.app((req, res) => {
      open(req);
      req.once('end', () => res.end('done'));
    });
    const req = request(bench.port, { method: 'POST' });
    req.write('one');
    const reader = await opened;
    for (const next of ['two', 'three', null]) {
      await once(reader, 'data');
      if (next) req.write(next);
    }
    req.end();
    const [response] = (await once(req, 'response')) as [http.IncomingMessage];
    expect((await response.toArray()).join('')).toBe('done');
  });

  test('an upload of 50 MB waits for a slow app instead of filling memory', async () => {
    const bench = await aBench();
    const size = 50 * 2 ** 20;
    const { promise: opened, resolve: open } = deferred<[http.IncomingMessage, http.ServerResponse]>();
    await bench.app((req, res) => open([req.pause(), res]));
    const req = request(bench.port, { method: 'POST', headers: { 'content-length': size } });
    const chunk = Buffer.alloc(2 ** 16);
    let sent = 0;
    const send = () => {
      sent += chunk.length;
      return req.write(chunk);
    };
    const moves = () => Promise.race([once(req, 'drain').then(() => true), setTimeout(3_000, false, { ref: false })]);
    while (sent < size && (send() || (await moves())));
    expect(sent).toBeLessThan(size / 2);

    const [reader, writer] = await opened;
    let received = 0;
    reader.on('data', (data: Buffer) => (received += data.length));
    reader.once('end', () => writer.end(String(received)));
    reader.resume();
    if (req.writableNeedDrain) await once(req, 'drain');
    while (sent < size) if (!send()) await once(req, 'drain');
    req.end();
    const [response] = (await once(req, 'response')) as [http.IncomingMessage];
    expect((await response.toArray()).join('')).toBe(String(size));
  });
});

describe('ends are passed on', () => {
  test('a visitor who leaves is seen to leave by the app', async () => {
    const bench = await aBench();
    const { promise: opened, resolve: open } = deferred<http.ServerResponse>();
    await bench.app((_req, res) => open(res));
    const req = request(bench.port, {}).end();
    req.once('error', () => {});
    const seen = await opened;
    req.destroy();
    await once(seen, 'close');
    expect(seen.writableFinished).toBe(false);
  });

  test.each([
    ['counted', { 'content-length': '100' }],
    ['chunked', {}],
  ])('an app that dies in the middle of a %s answer breaks it for the visitor', async (_, headers) => {
    const bench = await aBench();
    const app = await bench.app((_req, res) => void res.writeHead(200, headers).write('half'));
    const req = request(bench.port, {}).end();
    const [response] = (await once(req, 'response')) as [http.IncomingMessage];
    await once(response, 'data');
    const broken = once(response, 'error');
    await app.kill();
    expect(((await broken) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
  });

  test('an answer that began before the upload ended may take its time', async () => {
    const bench = await aBench({ answerTimeoutMs: 100 });
    await bench.app((req, res) => {
      res.flushHeaders();
      req.resume().once('end', () => void setTimeout(300).then(() => res.end('late')));
    });
    const req = request(bench.port, { method: 'POST' });
    req.write('first');
    const [response] = (await once(req, 'response')) as [http.IncomingMessage];
    req.end('last');
    expect((await response.toArray()).join('')).toBe('late');
  });

  test('an app that answers before it read the upload is heard', async () => {
    const bench = await aBench();
    await bench.app((_req, res) => res.writeHead(413).end('too much'));
    expect(await bench.ask({ method: 'POST', body: Buffer.alloc(2 ** 20) })).toMatchObject({
      status: 413,
      body: 'too much',
    });
  });

  test('closing waits for what is in flight, and tells visitors not to come back', async () => {
    const bench = await aBench();
    const { promise: opened, resolve: open } = deferred<http.ServerResponse>();
    await bench.app((_req, res) => open(res));
    const agent = new http.Agent({ keepAlive: true });
    const answer = bench.ask({ agent });
    const writer = await opened;
    const closed = bench.router.close(20_000);
    writer.end('late');
    expect(await answer).toMatchObject({ status: 200, body: 'late' });
    agent.destroy();
    await closed;
    await expect(bench.ask()).rejects.toThrow('ECONNREFUSED');
  });

  test('closing does not wait longer than it was told', async () => {
    const bench = await aBench();
    const { promise: opened, resolve: open } = deferred<void>();
    await bench.app(() => open());
    const answer = bench.ask().catch((error: Error) => error);
    await opened;
    await bench.router.close(50);
    expect(await answer).toBeInstanceOf(Error);
  });
});

describe('what the edge answers itself', () => {
  test('a browser gets a page, a program a line, HEAD neither', async () => {
    const bench = await aBench();
    const page = await bench.ask({ headers: { accept: 'text/html,*/*' } });
    expect(page).toMatchObject({
      status: 404,
      headers: { 'content-type': 'text/html; charset=utf-8', 'apployd-error': 'NO_ROUTE' },
    });
    expect(page.body).toContain('<h1>404 Not found</h1>');
    const line = await bench.ask();
    expect(line).toMatchObject({ status: 404, body: '404 Not found: There is nothing at this address.\n' });
    expect(await bench.ask({ method: 'HEAD' })).toMatchObject({ status: 404, body: '' });
  });

  test('nobody home is 503 with a time to come back', async () => {
    const bench = await aBench();
    await bench.router.apply([aRoute('app.test')]);
    expect(await bench.ask()).toMatchObject({
      status: 503,
      headers: { 'apployd-error': 'NOBODY_HOME', 'retry-after': '5' },
    });
  });

  test('an app that takes no connection is 502', async () => {
    const bench = await aBench();
    const app = await bench.app(() => {});
    await app.kill();
    expect(await bench.ask()).toMatchObject({ status: 502, headers: { 'apployd-error': 'UPSTREAM_UNREACHABLE' } });
    expect(await bench.ask({ method: 'POST', body: 'x' })).toMatchObject({ status: 502 });
  });

  test('an app that does not speak HTTP is 502', async () => {
    const bench = await aBench();
    const server = net.createServer((socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await bench.router.apply([aRoute('app.test', `127.0.0.1:${(server.address() as net.AddressInfo).port}`)]);
    expect(await bench.ask()).toMatchObject({ status: 502, headers: { 'apployd-error': 'UPSTREAM_UNREACHABLE' } });
    server.close();
  });

  test('an app that does not answer in time is 504, and its request is ended', async () => {
    const bench = await aBench({ answerTimeoutMs: 100 });
    const { promise: opened, resolve: open } = deferred<http.ServerResponse>();
    await bench.app((_req, res) => open(res));
    const answer = bench.ask();
    const seen = await opened;
    await Promise.all([once(seen, 'close'), answer]);
    expect(await answer).toMatchObject({ status: 504, headers: { 'apployd-error': 'UPSTREAM_TIMEOUT' } });
  });

  test('too many requests at one host name are refused, other host names are not', async () => {
    const bench = await aBench({ mostPerEnvironment: 1 });
    const { promise: opened, resolve: open } = deferred<http.ServerResponse>();
    const app = await bench.app((_req, res) => open(res));
    const other = await bench.target((_req, res) => res.end('fine'));
    await bench.router.apply([aRoute('app.test', app.address), aRoute('other.test', other.address)]);
    const first = bench.ask();
    const writer = await opened;
    expect(await bench.ask()).toMatchObject({ status: 503, headers: { 'apployd-error': 'OVERLOADED' } });
    expect(await ask(bench.port, 'other.test')).toMatchObject({ status: 200 });
    writer.end('first');
    expect(await first).toMatchObject({ body: 'first' });
  });

  test("an app cannot pretend to be the edge's error", async () => {
    const bench = await aBench();
    await bench.app((_req, res) => res.writeHead(404, { 'Apployd-Error': 'NO_ROUTE' }).end());
    const answer = await bench.ask();
    expect([answer.status, answer.headers['apployd-error']]).toEqual([404, undefined]);
  });

  test('health is answered at any host name', async () => {
    let isReady = false;
    const bench = await aBench({ isReady: () => isReady });
    const path = '/.well-known/apployd/edge/health';
    expect(await bench.ask({ path })).toMatchObject({ status: 503, body: 'starting\n' });
    isReady = true;
    expect(await bench.ask({ path })).toMatchObject({ status: 200, body: 'ok\n' });
  });
});

describe('what is not clearly one request is refused', () => {
  const smuggled = head('GET /smuggled HTTP/1.1', 'Host: app.test');
  test.each([
    ['two lengths', head('POST / HTTP/1.1', 'Host: app.test', 'Content-Length: 4', 'Content-Length: 5') + 'body'],
    [
      'a length and chunks',
      head('POST / HTTP/1.1', 'Host: app.test', 'Content-Length: 4', 'Transfer-Encoding: chunked') +
        `0\r\n\r\n${smuggled}`,
    ],
    ['a coding nobody knows', head('POST / HTTP/1.1', 'Host: app.test', 'Transfer-Encoding: x, chunked') + '0\r\n\r\n'],
    [
      'a coding that ends in none',
      head('POST / HTTP/1.1', 'Host: app.test', 'Transfer-Encoding: chunked, identity') + '0\r\n\r\n',
    ],
    ['a negative length', head('POST / HTTP/1.1', 'Host: app.test', 'Content-Length: -4') + 'body'],
    ['a space before the colon', head('GET / HTTP/1.1', 'Host: app.test', 'X-Name : y')],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: app.test\n\n'],
    ['no host', head('GET / HTTP/1.1', 'X-Host: app.test')],
    ['a host of odd characters', head('GET / HTTP/1.1', 'Host: app.test/@evil', 'Connection: close')],
    ['no HTTP at all', 'HELLO\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    const bench = await aBench();
    const seen: unknown[] = [];
    await bench.app((req, res) => {
      seen.push(req.url);
      res.end();
    });
    const answer = await sendRaw(bench.port, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*apployd-error: BAD_REQUEST/i);
    expect(seen).toEqual([]);
  });

  test('headers beyond 32 KiB', async () => {
    const bench = await aBench();
    const answer = await sendRaw(bench.port, head('GET / HTTP/1.1', 'Host: app.test', `X-Long: ${'x'.repeat(40_000)}`));
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('traffic', () => {
  test('bytes are counted both ways, also of an answer that goes on', async () => {
    const bench = await aBench();
    await bench.app((req, res) => {
      req.resume();
      res.writeHead(200, { 'content-length': 200_000 });
      res.write(Buffer.alloc(100_000));
      if (req.url === '/whole') res.end(Buffer.alloc(100_000));
    });
    await bench.ask({ path: '/whole', method: 'POST', body: Buffer.alloc(50_000) });
    const [whole] = (await bench.router.traffic()).samples;
    expect(whole).toMatchObject({ hostname: 'app.test', requests: 1 });
    expect(whole?.bytesIn).toBeGreaterThan(50_000);
    expect(whole?.bytesIn).toBeLessThan(51_000);
    expect(whole?.bytesOut).toBeGreaterThan(200_000);

    const req = request(bench.port, {}).end();
    const [response] = (await once(req, 'response')) as [http.IncomingMessage];
    await once(response, 'data');
    const [half] = (await bench.router.traffic()).samples;
    expect(half?.bytesOut).toBeGreaterThan(0);
    response.once('error', () => {});
    req.destroy();
  });

  test("what passed for an unknown name is not counted as a neighbour's on the same connection", async () => {
    const bench = await aBench();
    await bench.app((_req, res) => res.end('fine'));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const visit = async (host: string, headers: http.OutgoingHttpHeaders = {}) => {
      const req = http.get({ port: bench.port, host: '127.0.0.1', agent, headers: { host, ...headers } });
      const [response] = (await once(req, 'response')) as [http.IncomingMessage];
      await response.resume().toArray();
      return req.reusedSocket;
    };
    await visit('unknown.test', { 'x-long': 'x'.repeat(20_000) });
    expect(await visit('app.test')).toBe(true);
    const { samples } = await bench.router.traffic();
    expect(samples.map(({ hostname, requests }) => [hostname, requests])).toEqual([['app.test', 1]]);
    expect(samples[0]?.bytesIn).toBeLessThan(1_000);
    agent.destroy();
  });
});
