import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { ask } from '../../testing/ask.js';
import { aRoute } from '../../testing/bench.js';
import { counted } from '../../testing/counted.js';
import { deferred } from '../../testing/deferred.js';
import { openNginxBench, type NginxBench } from '../../testing/nginx-bench.js';
import { sendRaw } from '../../testing/raw.js';

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;

describe.skipIf(isLeftOut('nginx'))('Nginx', () => {
  let bench: NginxBench;
  /** Waits a moment only for an app's answer. */
  let impatient: NginxBench;
  beforeAll(async () => {
    bench = await openNginxBench({ mostPerEnvironment: 1_000 });
    impatient = await openNginxBench({ answerTimeoutMs: 400 });
  });
  afterAll(() => Promise.all([bench.close(), impatient.close()]));

  const request = (options: http.RequestOptions, { port } = bench) =>
    http.request({
      host: '127.0.0.1',
      port,
      ...options,
      headers: { host: 'app.test', ...options.headers },
    });
  const answerTo = async (req: http.ClientRequest) => ((await once(req, 'response')) as [http.IncomingMessage])[0];
  const bodyOf = async (answer: http.IncomingMessage) => (await answer.toArray()).join('');

  describe('passes answers as they are', () => {
    test('status, reason, spelling, repeated headers, server, date and body', async () => {
      await bench.app((_req, res) => {
        const headers = ['X-Kettle', 'on', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Server', 'teapot'];
        res.writeHead(418, 'Short and stout', [...headers, 'Date', 'Thu, 01 Jan 1970 00:00:00 GMT']);
        res.end('tea');
      });
      const answer = await bench.ask();
      expect(answer).toMatchObject({ status: 418, body: 'tea' });
      expect(answer.headers).toMatchObject({ server: 'teapot', date: 'Thu, 01 Jan 1970 00:00:00 GMT' });
      expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
      expect(answer.rawHeaders).toContain('X-Kettle');
    });

    test('HEAD, 204 and 304 have no body, and the connection serves the next request', async () => {
      const app = await bench.app((req, res) => res.writeHead(Number(req.url?.slice(1)), { 'x-app': '1' }).end());
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const seen = [];
      for (const path of ['/204', '/304', '/200']) seen.push((await bench.ask({ path, agent })).status);
      seen.push((await bench.ask({ path: '/200', method: 'HEAD', agent })).body);
      agent.destroy();
      expect(seen).toEqual([204, 304, 200, '']);
      expect(app.connections()).toBeLessThanOrEqual(2);
    });

    test('Expect: 100-continue is answered, and the body then arrives', async () => {
      await bench.app((req, res) => void req.pipe(res));
      const req = request({ method: 'POST', headers: { expect: '100-continue', 'content-length': 4 } });
      req.flushHeaders();
      await once(req, 'continue');
      req.end('body');
      expect(await bodyOf(await answerTo(req))).toBe('body');
    });

    test('an HTTP/1.0 visitor gets an answer without chunks, and the end of the connection', async () => {
      await bench.app((_req, res) => {
        res.write('one ');
        res.end('two');
      });
      const answer = await sendRaw(bench.port, head('GET / HTTP/1.0', 'Host: app.test'));
      expect(answer).toMatch(/\r\n\r\none two$/);
      expect(answer).not.toMatch(/chunked/i);
    });

    test('a request for HTTP/2 by upgrade is answered in HTTP/1.1', async () => {
      await bench.app(async (req, res) => void res.end(`${req.headers.upgrade} ${(await req.toArray()).join('')}`));
      const lines = ['Host: app.test', 'Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c'];
      const answer = await sendRaw(
        bench.port,
        `${head('POST / HTTP/1.1', ...lines, 'HTTP2-Settings: AAMAAABk', 'Content-Length: 4')}body`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 200 [^]*undefined body/);
    });

    test('a target in a full URL is taken for its host and its path', async () => {
      await bench.app((req, res) => res.end(`${req.headers.host} ${req.url}`));
      const lines = ['GET http://app.test/a?b HTTP/1.1', 'Host: other.test', 'Connection: close'];
      expect(await sendRaw(bench.port, head(...lines))).toMatch(/app\.test \/a\?b/);
    });

    test('the path reaches the app byte for byte', async () => {
      await bench.app((req, res) => res.end(req.url));
      for (const path of ['//a//b/../c', '/%2e/%20?x=//y&z=%20', '/?', '/a?b?c#d', '/"$host"{;}']) {
        expect((await bench.ask({ path })).body).toBe(path);
      }
    });

    test('what an app says to Nginx alone is not obeyed', async () => {
      await bench.app((_req, res) => {
        res.setHeader('X-Accel-Redirect', '/.well-known/apployd/edge/health');
        res.end("the app's own");
      });
      expect((await bench.ask()).body).toBe("the app's own");
    });

    test('text is compressed for those who take it, and short or packed bytes are not', async () => {
      const text = 'many words '.repeat(1000);
      await bench.app((req, res) => {
        res.setHeader('content-type', req.url === '/png' ? 'image/png' : 'text/html');
        res.end(req.url === '/short' ? 'short' : text);
      });
      const packed = await answerTo(request({ headers: { 'accept-encoding': 'gzip' } }).end());
      expect(packed.headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(Buffer.concat(await packed.toArray())).toString()).toBe(text);
      for (const path of ['/short', '/png']) {
        const { headers } = await bench.ask({ path, headers: { 'accept-encoding': 'gzip' } });
        expect(headers['content-encoding']).toBeUndefined();
      }
      expect(await bench.ask()).toMatchObject({ body: text });
    });

    test('headers that keep browsers safe are added where an app has none of its own', async () => {
      await bench.app((req, res) => {
        if (req.url === '/own') res.setHeader('referrer-policy', 'no-referrer');
        res.end();
      });
      expect((await bench.ask()).headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'strict-origin-when-cross-origin',
      });
      expect((await bench.ask({ path: '/own' })).headers['referrer-policy']).toBe('no-referrer');
    });
  });

  describe('holds nothing back', () => {
    test('each chunk of an answer arrives before the next is written', async () => {
      const opened = deferred<http.ServerResponse>();
      await bench.app((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        opened.resolve(res);
      });
      const answer = await answerTo(request({ headers: { 'accept-encoding': 'gzip' } }).end());
      const writer = await opened.promise;
      for (const chunk of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
        writer.write(chunk);
        const [seen] = (await once(answer, 'data')) as [Buffer];
        expect(seen.toString()).toBe(chunk);
      }
      writer.end();
      await once(answer, 'end');
    });

    test('each chunk of an upload arrives before the next is sent', async () => {
      const opened = deferred<http.IncomingMessage>();
      await bench.app((req, res) => {
        opened.resolve(req);
        req.once('end', () => res.end('done'));
      });
      const req = request({ method: 'POST' });
      req.write('one');
      const reader = await opened.promise;
      for (const next of ['two', 'three', null]) {
        await once(reader, 'data');
        if (next) req.write(next);
      }
      req.end();
      expect(await bodyOf(await answerTo(req))).toBe('done');
    });

    test('an upload of 50 MB waits for a slow app instead of filling memory or disk', async () => {
      const size = 50 * 2 ** 20;
      const opened = deferred<[http.IncomingMessage, http.ServerResponse]>();
      await bench.app((req, res) => opened.resolve([req.pause(), res]));
      const req = request({ method: 'POST', headers: { 'content-length': size } });
      const chunk = Buffer.alloc(2 ** 16);
      const isFull = () => !req.write(chunk) && req.writableLength > 8 * 2 ** 20;
      let sent = 1;
      while (!isFull()) sent += 1;
      const [reader, writer] = await opened.promise;
      let received = 0;
      reader.on('data', (data: Buffer) => (received += data.length));
      reader.once('end', () => writer.end(String(received)));
      reader.resume();
      for (sent += 1; sent < size / chunk.length; sent += 1) if (!req.write(chunk)) await once(req, 'drain');
      req.end(chunk);
      expect(await bodyOf(await answerTo(req))).toBe(String(size));
    });

    test('a stream may be silent for longer than an answer may take', async () => {
      const opened = deferred<http.ServerResponse>();
      await impatient.app((req, res) => {
        if (req.url === '/mute') return;
        res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        opened.resolve(res);
      });
      const stream = await answerTo(request({ headers: { accept: 'text/event-stream' } }, impatient).end());
      const writer = await opened.promise;
      expect(await impatient.ask({ path: '/mute' })).toMatchObject({ status: 504 });
      writer.end('data: late\n\n');
      expect(await bodyOf(stream)).toBe('data: late\n\n');
    });
  });

  describe('passes ends on', () => {
    test('a visitor who leaves is seen to leave by the app', async () => {
      const opened = deferred<http.ServerResponse>();
      await bench.app((_req, res) => opened.resolve(res));
      const req = request({ headers: { accept: 'text/event-stream' } }).end();
      req.once('error', () => {});
      const seen = await opened.promise;
      req.destroy();
      await once(seen, 'close');
      expect(seen.writableFinished).toBe(false);
    });

    test.each([
      ['counted', { 'content-length': '100' }],
      ['chunked', {}],
    ])('an app that dies in the middle of a %s answer breaks it for the visitor', async (_, headers) => {
      const app = await bench.app((_req, res) => void res.writeHead(200, headers).write('half'));
      const answer = await answerTo(request({}).end());
      await once(answer, 'data');
      const broken = once(answer, 'error');
      await app.kill();
      expect(((await broken) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
    });
  });

  describe('answers itself', () => {
    test('a browser gets a page, a program a line, HEAD neither', async () => {
      await bench.router.forget(['app.test']);
      const page = await bench.ask({ headers: { accept: 'text/html,*/*' } });
      expect(page).toMatchObject({
        status: 404,
        headers: { 'content-type': 'text/html; charset=utf-8', 'apployd-error': 'NO_ROUTE' },
      });
      expect(page.body).toContain('<h1>404 Not found</h1>');
      expect(await bench.ask()).toMatchObject({ body: '404 Not found: There is nothing at this address.\n' });
      expect(await bench.ask({ method: 'HEAD' })).toMatchObject({ status: 404, body: '' });
    });

    test('nobody home is 503 with a time to come back', async () => {
      await bench.router.apply([aRoute('app.test')]);
      expect(await bench.ask()).toMatchObject({
        status: 503,
        headers: { 'apployd-error': 'NOBODY_HOME', 'retry-after': '5' },
      });
    });

    test('an app that takes no connection is 502, whatever is asked', async () => {
      const app = await bench.app(() => {});
      await app.kill();
      const unreachable = { status: 502, headers: { 'apployd-error': 'UPSTREAM_UNREACHABLE' } };
      expect(await bench.ask()).toMatchObject(unreachable);
      expect(await bench.ask({ method: 'POST', body: 'x' })).toMatchObject(unreachable);
    });

    test('an app that does not speak HTTP breaks its own answer and no other', async () => {
      const server = net.createServer((socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const fine = await bench.target((_req, res) => res.end('fine'));
      await bench.router.apply([
        aRoute('app.test', `127.0.0.1:${(server.address() as net.AddressInfo).port}`),
        aRoute('fine.test', fine.address),
      ]);
      await expect(bench.ask()).rejects.toThrow('Parse Error');
      expect((await ask(bench.port, 'fine.test')).body).toBe('fine');
      server.close();
    });

    test.each(['GET', 'POST', 'PUT'])(
      'an app that does not answer a %s in time is 504, asked once, and its request is ended',
      async (method) => {
        let count = 0;
        const opened = deferred<http.ServerResponse>();
        await impatient.app((req, res) => {
          count += 1;
          req.resume();
          opened.resolve(res);
        });
        const answer = impatient.ask({ method, ...(method === 'GET' ? {} : { body: 'x' }) });
        await once(await opened.promise, 'close');
        expect(await answer).toMatchObject({ status: 504, headers: { 'apployd-error': 'UPSTREAM_TIMEOUT' } });
        expect(count).toBe(1);
      },
    );

    test("an app's own errors pass, and it cannot pretend to be the edge", async () => {
      await bench.app((req, res) => {
        res.writeHead(Number(req.url?.slice(1)), { 'Apployd-Error': 'NO_ROUTE' }).end('mine');
      });
      for (const status of [400, 404, 500, 502, 503, 504]) {
        const answer = await bench.ask({ path: `/${status}` });
        expect([answer.status, answer.body, answer.headers['apployd-error']]).toEqual([status, 'mine', undefined]);
      }
    });

    test('health is answered at any host name', async () => {
      const path = '/.well-known/apployd/edge/health';
      expect(await ask(bench.port, 'any.test', { path })).toMatchObject({ status: 200, body: 'ok\n' });
    });

    test('what is meant for the edge alone leads nowhere', async () => {
      for (const path of ['/.well-known/apployd/edge/bad-request', '/.well-known/apployd/edge/headers-too-large']) {
        expect(await bench.ask({ path })).toMatchObject({ status: 404, headers: { 'apployd-error': 'NO_ROUTE' } });
      }
    });
  });

  describe('refuses what is not clearly one request:', () => {
    const smuggled = head('GET /smuggled HTTP/1.1', 'Host: app.test');
    const post = (...lines: string[]) => head('POST / HTTP/1.1', 'Host: app.test', ...lines);
    test.each([
      ['two lengths', `${post('Content-Length: 4', 'Content-Length: 5')}body`],
      ['a length and chunks', `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled}`],
      ['a coding nobody knows', `${post('Transfer-Encoding: x, chunked')}0\r\n\r\n`],
      ['a coding that ends in none', `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n`],
      ['a negative length', `${post('Content-Length: -4')}body`],
      ['a space before the colon', head('GET / HTTP/1.1', 'Host: app.test', 'X-Name : y')],
      ['no host', head('GET / HTTP/1.1', 'X-Host: app.test')],
      ['a host of odd characters', head('GET / HTTP/1.1', 'Host: app.test/@evil', 'Connection: close')],
      ['a host that looks like a command', head('GET / HTTP/1.1', 'Host: a"b;{$c}', 'Connection: close')],
      ['no HTTP at all', 'HELLO\r\n\r\n'],
    ])('%s', async (_, bytes) => {
      const seen: unknown[] = [];
      await bench.app((req, res) => {
        seen.push(req.url);
        res.end();
      });
      expect(await sendRaw(bench.port, bytes)).toMatch(
        /^HTTP\/1\.1 400 Bad Request\r\n[^]*apployd-error: BAD_REQUEST/i,
      );
      expect(seen).toEqual([]);
    });

    test('headers beyond 32 KiB', async () => {
      const long = head('GET / HTTP/1.1', 'Host: app.test', `X-Long: ${'x'.repeat(40_000)}`);
      expect(await sendRaw(bench.port, long)).toMatch(/^HTTP\/1\.1 431 [^]*apployd-error: HEADERS_TOO_LARGE/);
    });
  });

  test('counts requests and bytes, both ways', async () => {
    const app = await bench.target((req, res) => {
      req.resume();
      req.once('end', () => res.end(Buffer.alloc(200_000)));
    });
    await bench.router.apply([aRoute('counted.test', app.address)]);
    await ask(bench.port, 'counted.test', { method: 'POST', body: Buffer.alloc(50_000) });
    const { 'counted.test': sample } = await counted(bench.router, 1, 'counted.test');
    expect(sample).toMatchObject({ environmentId: 'environment of counted.test', requests: 1 });
    expect([sample?.bytesIn, sample?.bytesOut].map((bytes) => Math.floor((bytes ?? 0) / 1_000))).toEqual([50, 200]);
  });
});
