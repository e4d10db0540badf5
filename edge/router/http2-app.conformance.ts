import { once } from 'node:events';
import http2, { type ClientHttp2Session, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usualEdgeSettings, type EdgeSettings } from '@apployd/core/edge-settings';
import { addLatencies, countOf, noLatencies } from '@apployd/core/latency';
import { summaryOf } from '@apployd/core/rollout';
import { makeCertificate } from '@apployd/backplane/certificate/make-certificate';
import { ask } from '../testing/ask.js';
import { aRoute, type Bench } from '../testing/bench.js';
import type { AskToWake } from './router.js';

type Options = { readonly onAsleep: AskToWake; readonly trustedProxies: readonly string[] };
type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** What every router does for apps that speak HTTP/2, as those of gRPC do. */
export function http2AppConformance(name: string, open: (options: Options) => Promise<Bench>): void {
  describe(`apps over HTTP/2: ${name}`, () => {
    let bench: Bench;
    let app: Awaited<ReturnType<typeof anApp>>;
    let client: ClientHttp2Session;
    let serve: Serve;
    let wake: () => void = () => {};

    const route = (targets: readonly string[], edge: Partial<EdgeSettings> = {}) => ({
      ...aRoute('app.test', ...targets),
      edge: { ...usualEdgeSettings, protocol: 'HTTP2' as const, ...edge },
    });
    const lead = (edge: Partial<EdgeSettings> = {}) => bench.router.apply([route([app.address], edge)]);

    beforeAll(async () => {
      bench = await open({ onAsleep: () => wake(), trustedProxies: [] });
      app = await anApp((...call) => serve(...call));
      const { chain, key } = await makeCertificate({ names: ['app.test'] });
      await bench.router.certify([{ hostname: 'app.test', chain, key, notAfter: new Date(Date.now() + 3_600_000) }]);
      const at = { host: '127.0.0.1', servername: 'app.test', ca: chain };
      client = http2.connect(`https://app.test:${bench.tlsPort}`, {
        ...at,
        lookup: local,
      } as http2.SecureClientSessionOptions);
    });
    afterAll(async () => {
      client.destroy();
      await bench.close();
      await app.close();
    });

    const call = (headers: http2.OutgoingHttpHeaders = {}) =>
      client.request({
        ':method': 'POST',
        ':path': '/shop.Shop/Buy',
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      });
    /** All of an answer. */
    const answerTo = async (stream: http2.ClientHttp2Stream, body: string | Buffer) => {
      let [head, trailers]: IncomingHttpHeaders[] = [];
      stream.once('response', (headers) => (head = headers));
      stream.once('trailers', (headers) => (trailers = headers));
      stream.end(body);
      const text = (await stream.setEncoding('utf8').toArray()).join('');
      return { status: head?.[':status'], head, text, trailers };
    };

    test('a call arrives whole, and its answer with the trailers that say how it went', async () => {
      const seen: IncomingHttpHeaders[] = [];
      serve = (stream, headers) => {
        seen.push(headers);
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', server: 'app' },
          { waitForTrailers: true },
        );
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
        stream.pipe(stream);
      };
      await lead();
      const answer = await answerTo(call({ 'x-custom': 'a', 'x-forwarded-for': '1.2.3.4' }), 'hello');
      expect(answer).toMatchObject({
        status: 200,
        text: 'hello',
        trailers: { 'grpc-status': '0', 'grpc-message': 'fine' },
      });
      expect(answer.head).toMatchObject({ 'content-type': 'application/grpc', server: 'app' });
      expect(seen[0]?.[':authority'] ?? seen[0]?.host).toMatch(/^app\.test/);
      expect(seen[0]).toMatchObject({
        ':path': '/shop.Shop/Buy',
        te: 'trailers',
        'x-custom': 'a',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'https',
      });
    });

    test('an answer that is no more than a head says so in its head', async () => {
      serve = (stream) => stream.respond({ ':status': 200, 'grpc-status': '5' }, { endStream: true });
      await lead();
      const stream = call();
      const response = once(stream, 'response') as Promise<[IncomingHttpHeaders, number]>;
      stream.end();
      const [headers, flags] = await response;
      expect([headers['grpc-status'], flags & http2.constants.NGHTTP2_FLAG_END_STREAM]).toEqual(['5', 1]);
      stream.resume();
    });

    test('both sides speak at once, and what one says arrives before the other has ended', async () => {
      serve = (stream) => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.on('data', (chunk: Buffer) => stream.write(`seen ${chunk.toString()}`));
        stream.once('end', () => stream.end());
      };
      await lead();
      const stream = call().setEncoding('utf8');
      const trailers = once(stream, 'trailers') as Promise<[IncomingHttpHeaders]>;
      for (const word of ['one', 'two', 'three']) {
        stream.write(word);
        expect(await once(stream, 'data')).toEqual([`seen ${word}`]);
      }
      stream.end();
      expect((await trailers)[0]['grpc-status']).toBe('0');
    });

    test('who takes a call back is seen to leave by the app', async () => {
      let left: Promise<unknown> | undefined;
      serve = (stream) => {
        stream.on('error', () => {});
        left = once(stream, 'close');
        stream.respond({ ':status': 200 });
        stream.write('half');
      };
      await lead();
      const stream = call();
      stream.on('error', () => {});
      stream.write('a');
      await once(stream, 'data');
      stream.close(http2.constants.NGHTTP2_CANCEL);
      await left;
    });

    test('a visitor over HTTP/1.1 is answered, and a body that is too large is refused', async () => {
      serve = (stream) => {
        stream.respond({ ':status': 201, 'x-app': 'yes' });
        stream.pipe(stream);
      };
      await lead({ bodyLimit: 'MIB_1' });
      const plain = { method: 'POST', body: 'hello', headers: { 'x-forwarded-proto': 'https' } };
      const answer = await ask(bench.port, 'app.test', plain);
      expect(answer).toMatchObject({ status: 201, body: 'hello', headers: { 'x-app': 'yes' } });
      const large = await ask(bench.port, 'app.test', { ...plain, body: Buffer.alloc(2 ** 20 + 1) }).catch(() => null);
      expect(large?.status ?? 413).toBe(413);
    });

    test('a call to what sleeps is held, and answered with its trailers once it is awake', async () => {
      serve = (stream) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.pipe(stream);
      };
      await bench.router.apply([{ ...route([]), asleep: true }]);
      const asked = new Promise<void>((resolve) => (wake = resolve));
      const answer = answerTo(call(), 'good morning');
      await asked;
      await lead();
      expect(await answer).toMatchObject({ status: 200, text: 'good morning', trailers: { 'grpc-status': '0' } });
    });

    describe('while a rollout lasts', () => {
      let deployment = 0;
      const begin = async () => {
        const deploymentId = `rollout-over-http2-${(deployment += 1)}`;
        const rollout = { deploymentId, targets: [app.address], percent: 50 };
        await bench.router.apply([{ ...route([app.address]), rollout }]);
        return deploymentId;
      };
      /** What both sides have answered together, once so many answers are told. */
      const figuresOf = async (deploymentId: string, answers: number) => {
        let errors = 0;
        let latency = noLatencies();
        const take = async () => {
          for (const told of (await bench.router.sides()).filter((each) => each.deploymentId === deploymentId)) {
            errors += told.errors;
            latency = addLatencies(latency, told.latency);
          }
          return countOf(latency);
        };
        await expect.poll(take).toBe(answers);
        return summaryOf({ errors, latency });
      };

      test('a call counts as an error by what gRPC says of it, in its trailers or in a head that is all there is', async () => {
        const deploymentId = await begin();
        const statuses = ['0', '2', '4', '5', '13', '14', '15', '16'];
        for (const status of statuses) {
          serve = (stream) => {
            stream.respond({ ':status': 200 }, { waitForTrailers: true });
            stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
            stream.pipe(stream);
          };
          expect((await answerTo(call(), 'hello')).trailers).toMatchObject({ 'grpc-status': status });
          serve = (stream) => stream.respond({ ':status': 200, 'grpc-status': status }, { endStream: true });
          expect((await answerTo(call(), 'hello')).head).toMatchObject({ 'grpc-status': status });
        }
        expect(await figuresOf(deploymentId, 2 * statuses.length)).toMatchObject({ errors: 10 });
      });

      test('who takes a call back that hangs counts as answered as late as that', async () => {
        const asked: (() => void)[] = [];
        serve = (stream) => {
          stream.on('error', () => {});
          asked.shift()?.();
        };
        const deploymentId = await begin();
        const leaveAfter = async (ms: number) => {
          const isAsked = new Promise<void>((resolve) => asked.push(resolve));
          const stream = call();
          stream.on('error', () => {});
          stream.end('hello');
          await isAsked;
          if (ms > 0) await sleep(ms);
          stream.close(http2.constants.NGHTTP2_CANCEL);
        };
        await leaveAfter(0);
        await leaveAfter(1_200);
        const { errors, p95Ms } = await figuresOf(deploymentId, 1);
        expect(errors).toBe(0);
        expect(p95Ms).toBeGreaterThan(1_000);
      });
    });

    test('an app that is gone is told as such', async () => {
      await bench.router.apply([route(['127.0.0.1:9'])]);
      expect(await answerTo(call(), 'hello')).toMatchObject({
        status: 502,
        head: { 'apployd-error': 'UPSTREAM_UNREACHABLE' },
      });
    });
  });
}

const local = (_host: string, options: { all?: boolean }, done: (...found: unknown[]) => void) =>
  options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

/** An app that speaks HTTP/2 without TLS and nothing else. */
async function anApp(serve: Serve) {
  const server = http2.createServer();
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => void sessions.add(session));
  server.on('stream', serve);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}
