import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import type { RequestListener } from 'node:http';
import tls from 'node:tls';
import { acmeChallengePath } from '@apployd/core/certificate';
import { usualEdgeSettings } from '@apployd/core/edge-settings';
import { probeHeader } from '@apployd/core/hostname';
import { makeCertificate } from '@apployd/backplane/certificate/make-certificate';
import { WebSocket, WebSocketServer } from 'ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { benchOf } from '../testing/bench.js';
import { aRoute } from '../testing/bench.js';
import { ask } from '../testing/ask.js';
import { counted } from '../testing/counted.js';
import { deferred } from '../testing/deferred.js';
import type { TlsOptions } from './router.js';

type Bench = Awaited<ReturnType<typeof benchOf>>;

export const tlsOptions: TlsOptions = {
  port: 0,
  publicPort: 8443,
  baseDomain: 'apps.test',
  challenges: async () => new Map([['a-token-that-is-known', 'a-token-that-is-known.proof']]),
};

/** What every router guarantees where it serves over TLS. */
export function tlsConformance(name: string, open: (options: { readonly bodyIdleMs: number }) => Promise<Bench>): void {
  describe(`TLS: ${name}`, () => {
    let bench: Bench;
    let tlsPort: number;
    const roots = new Map<string, string>();

    const certify = async (hostname: string, notAfter = new Date(Date.now() + 3_600_000)) => {
      const { chain, key } = await makeCertificate({ names: [hostname] });
      roots.set(hostname, chain);
      await bench.router.certify([{ hostname, chain, key, notAfter }]);
    };
    const app = async (hostname: string, answer: RequestListener) => {
      const target = await bench.target(answer);
      await bench.router.apply([aRoute(hostname, target.address)]);
      return target;
    };
    const over = (hostname: string, options: Partial<Parameters<typeof askSecurely>[0]> = {}) =>
      askSecurely({ port: tlsPort, servername: hostname, ca: [...roots.values()].join('\n'), ...options });
    /** Why a handshake did not come about. */
    const refusal = (servername: string) =>
      new Promise<string | null>((resolve) => {
        const socket = tls.connect({ port: tlsPort, host: '127.0.0.1', servername, rejectUnauthorized: false });
        socket.once('secureConnect', () => {
          const shown = socket.getPeerCertificate().subjectaltname ?? null;
          socket.destroy();
          resolve(shown);
        });
        socket.once('error', () => resolve(null));
        socket.once('close', () => resolve(null));
      });

    beforeAll(async () => {
      bench = await open({ bodyIdleMs: 500 });
      tlsPort = bench.tlsPort!;
      await certify('app.test');
      await certify('*.apps.test');
    });
    afterAll(() => bench?.close());

    test('visitors of a name are shown its certificate, of one below a wildcard that one, and the app learns that they came by https', async () => {
      const says: RequestListener = (req, res) =>
        res.end(`${req.headers.host} ${String(req.headers['x-forwarded-proto'])}`);
      for (const each of ['app.test', 'shop.apps.test']) await app(each, says);
      expect((await over('app.test')).body).toBe('app.test https');
      expect((await over('shop.apps.test')).body).toBe('shop.apps.test https');
      await certify('own.apps.test');
      await app('own.apps.test', says);
      expect(await refusal('own.apps.test')).toBe('DNS:own.apps.test');
    });

    test('a name without a certificate, or none at all, is refused at the handshake; nobody is shown what is not theirs', async () => {
      await app('plain.test', (_, res) => res.end('plain'));
      expect(await refusal('plain.test')).toBeNull();
      expect(await refusal('a.b.apps.test')).toBeNull();
      expect(await refusal('apps.test')).toBeNull();
      expect(await refusal('')).toBeNull();
    });

    test('on a connection for one name no other is served', async () => {
      for (const each of ['app.test', 'shop.apps.test']) await app(each, (_, res) => res.end('in'));
      expect(await over('app.test', { host: 'shop.apps.test' })).toMatchObject({
        status: 421,
        headers: { 'apployd-error': 'MISDIRECTED' },
      });
    });

    test('a renewed certificate is shown at the next handshake, while those who are connected go on', async () => {
      await app('app.test', (_, res) => res.end('in'));
      const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
      const kept = { agent, ca: roots.get('app.test')! };
      expect((await over('app.test', kept)).status).toBe(200);
      const before = roots.get('app.test')!;
      await certify('app.test');
      expect((await over('app.test', kept)).status).toBe(200);
      agent.destroy();
      await expect(over('app.test', { ca: before })).rejects.toThrow(/self.signed|verify/);
      expect((await over('app.test', { ca: roots.get('app.test')! })).status).toBe(200);
    });

    test('one that is taken out of service is shown to nobody any more', async () => {
      await certify('gone.test');
      expect(await refusal('gone.test')).toBe('DNS:gone.test');
      await bench.router.decertify(['gone.test', 'never.test']);
      expect(await refusal('gone.test')).toBeNull();
    });

    test('plain HTTP of a name with a certificate is sent on to TLS, with method, path and query; other names are served as they come', async () => {
      for (const each of ['app.test', 'shop.apps.test', 'plain.test']) await app(each, (_, res) => res.end('in'));
      const { status, headers } = await ask(bench.port, 'APP.test:80', { path: '/a?b=c', method: 'POST' });
      expect([status, headers.location]).toEqual([308, 'https://app.test:8443/a?b=c']);
      expect((await ask(bench.port, 'shop.apps.test')).headers.location).toBe('https://shop.apps.test:8443/');
      expect((await ask(bench.port, 'plain.test')).body).toBe('in');
      expect((await ask(bench.port, 'app.test', { headers: { [probeHeader]: '1' } })).body).toBe('in');
    });

    test('plain HTTP is not sent on to a certificate that is over, and a wildcard goes before one', async () => {
      const says: RequestListener = (_, res) => res.end('in');
      for (const each of ['over.test', 'over.apps.test']) {
        await app(each, says);
        await certify(each, new Date(Date.now() - 1_000));
      }
      expect((await ask(bench.port, 'over.test')).body).toBe('in');
      expect((await ask(bench.port, 'over.apps.test')).status).toBe(308);
      expect(await refusal('over.apps.test')).toBe('DNS:*.apps.test');
    });

    test('who comes through a proxy that took TLS off is not sent in a circle, trusted or not; the app is told what is known', async () => {
      await app('app.test', (req, res) => res.end(String(req.headers['x-forwarded-proto'])));
      const saying = (said: string) => ask(bench.port, 'app.test', { headers: { 'x-forwarded-proto': said } });
      for (const said of ['https', ' https , http']) expect((await saying(said)).body).toBe('http');
      for (const said of ['http', 'http, https', 'httpsx']) expect((await saying(said)).status).toBe(308);
    });

    test('between www and not nobody is sent over TLS to a name that has no certificate', async () => {
      const target = await bench.target((_, res) => res.end('in'));
      const edge = { ...usualEdgeSettings, hostRedirect: 'TO_WWW' as const };
      for (const each of ['shop.test', 'www.shop.test'])
        await bench.router.apply([{ ...aRoute(each, target.address), environmentId: 'shop', edge }]);
      await certify('shop.test');
      expect((await over('shop.test')).body).toBe('in');
      await certify('www.shop.test');
      expect((await over('shop.test')).headers.location).toBe('//www.shop.test/');
    });

    test('authorities are answered over plain HTTP, for any name and before it is sent on; what they were not told is nowhere', async () => {
      const token = (name: string, host = 'app.test') => ask(bench.port, host, { path: acmeChallengePath + name });
      expect(await token('a-token-that-is-known')).toMatchObject({ status: 200, body: 'a-token-that-is-known.proof' });
      expect((await token('a-token-that-is-known', 'nobody.test')).status).toBe(200);
      expect((await token('a-token-that-is-unknown')).status).toBe(404);
      expect((await token('../../etc/passwd')).status).toBe(404);
      expect((await over('app.test', { path: `${acmeChallengePath}a-token-that-is-known` })).body).not.toContain(
        'proof',
      );
    });

    test("browsers are told to stay with TLS at the platform's own names, and not at a customer's", async () => {
      for (const each of ['app.test', 'shop.apps.test']) await app(each, (_, res) => res.end('in'));
      expect((await over('shop.apps.test')).headers['strict-transport-security']).toMatch(/^max-age=\d+$/);
      expect((await over('app.test')).headers['strict-transport-security']).toBeUndefined();
      const own = 'max-age=1; includeSubDomains';
      await app('shop.apps.test', (_, res) => res.setHeader('strict-transport-security', own).end());
      expect((await over('shop.apps.test')).headers['strict-transport-security']).toBe(own);
    });

    test('many requests share one connection over HTTP/2, with bodies whole, headers that come twice, and the bytes counted', async () => {
      await certify('many.test');
      await app('many.test', (req, res) => {
        res.setHeader('set-cookie', ['a=1', 'b=2']);
        res.writeHead(201, { connection: 'keep-alive' });
        req.pipe(res);
      });
      const { session } = http2Session(tlsPort, roots.get('many.test') ?? '', 'many.test');
      const body = 'x'.repeat(100_000);
      const answers = await Promise.all(Array.from({ length: 20 }, () => askOverHttp2(session, body, 'many.test')));
      for (const answer of answers) {
        expect(answer.headers[':status']).toBe(201);
        expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
        expect(answer.body).toBe(body);
      }
      await new Promise<void>((resolve) => session.close(resolve));
      const sample = (await counted(bench.router, 20, 'many.test'))['many.test'];
      for (const bytes of [sample!.bytesIn, sample!.bytesOut]) {
        expect(bytes).toBeGreaterThan(20 * 100_000);
        expect(bytes).toBeLessThan(20 * 110_000);
      }
    });

    test('under attack, a body that comes too slowly is cut off over HTTP/2 too, and nothing else on its connection', async () => {
      const { promise: isLeft, resolve: left } = deferred<void>();
      const { address } = await bench.target((req, res) => {
        req.resume().once('close', () => !req.complete && left());
        req.once('end', () => res.end('all of it'));
      });
      await bench.router.apply([{ ...aRoute('app.test', address), edge: { ...usualEdgeSettings, underAttack: true } }]);
      const { session } = http2Session(tlsPort, roots.get('app.test') ?? '');
      const slow = session.request({ ':method': 'POST', ':path': '/', ':authority': 'app.test' });
      slow.on('error', () => undefined).resume();
      const timer = setInterval(() => slow.writable && slow.write('x'), 50);
      await isLeft;
      clearInterval(timer);
      expect((await askOverHttp2(session, 'x'.repeat(100_000))).body).toBe('all of it');
      session.destroy();
    });

    test('who leaves in the middle of answers over HTTP/2 harms nobody, and none of them stays open', async () => {
      const left: (() => void)[] = [];
      await app('app.test', (req, res) => {
        if (req.url === '/short') return res.end('short');
        res.once('close', () => left.shift()?.());
        return res.writeHead(200).write('x'.repeat(10_000));
      });
      await bench.router.traffic();
      for (const leave of ['session', 'socket'] as const) {
        const { session, socket } = http2Session(tlsPort, roots.get('app.test') ?? '');
        session.on('error', () => undefined);
        const isOver = [1, 2, 3].map(() => new Promise<void>((resolve) => left.push(resolve)));
        const streams = isOver.map(() => session.request({ ':authority': 'app.test', ':path': '/long' }));
        streams.forEach((stream) => stream.on('error', () => undefined));
        await Promise.all(streams.map((stream) => once(stream, 'data')));
        if (leave === 'session') session.destroy();
        else socket.destroy();
        await Promise.all(isOver);
      }
      expect((await over('app.test', { path: '/short' })).body).toBe('short');
      let bytesOut = 0;
      const open = async () => {
        const { samples } = await bench.router.traffic();
        const sample = samples.find(({ hostname }) => hostname === 'app.test');
        bytesOut += sample?.bytesOut ?? 0;
        return sample?.open ?? 0;
      };
      await expect.poll(open, { interval: 20 }).toBe(0);
      await expect.poll(async () => (await open(), bytesOut), { interval: 20 }).toBeGreaterThan(6 * 10_000);
    });

    test('a WebSocket goes through', async () => {
      const target = await app('app.test', (_, res) => res.end());
      const server = new WebSocketServer({ server: target.server });
      server.on('connection', (socket) =>
        socket.on('message', (message) => socket.send(`heard ${message.toString()}`)),
      );
      const socket = new WebSocket(`wss://127.0.0.1:${tlsPort}/`, {
        ...{ servername: 'app.test', ca: roots.get('app.test') },
        headers: { host: 'app.test' },
      });
      const heard = await new Promise((resolve, reject) => {
        socket.once('open', () => socket.send('hello'));
        socket.once('message', (message: Buffer) => resolve(message.toString()));
        socket.once('error', reject);
      });
      expect(heard).toBe('heard hello');
      socket.terminate();
      server.close();
    });
  });
}

function askSecurely(options: {
  readonly port: number;
  readonly servername: string;
  readonly ca: string;
  readonly host?: string;
  readonly path?: string;
  readonly agent?: https.Agent;
}) {
  const { servername, host = servername, ...rest } = options;
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const request = https.get(
      { agent: false, ...rest, hostname: '127.0.0.1', servername, headers: { host } },
      (res) => {
        let body = '';
        res.on('data', (chunk: Buffer) => (body += chunk.toString()));
        res.once('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }));
      },
    );
    request.setTimeout(20_000, () => request.destroy(new Error('No answer within 20 s.')));
    request.once('error', reject);
  });
}

function http2Session(port: number, ca: string, servername = 'app.test') {
  const socket = tls.connect({ port, host: '127.0.0.1', servername, ca, ALPNProtocols: ['h2'] });
  return { socket, session: http2.connect(`https://${servername}:${port}`, { createConnection: () => socket }) };
}

function askOverHttp2(session: http2.ClientHttp2Session, text: string, authority = 'app.test') {
  return new Promise<{ headers: http2.IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const stream = session.request({ ':method': 'POST', ':path': '/', ':authority': authority });
    let headers: http2.IncomingHttpHeaders = {};
    let body = '';
    stream.once('response', (got) => (headers = got));
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
    stream.once('end', () => resolve({ headers, body }));
    stream.once('error', reject);
    stream.end(text);
  });
}
