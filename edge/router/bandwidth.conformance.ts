import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { BandwidthLimit } from '@apployd/core/bandwidth';
import { ask } from '../testing/ask.js';
import { aRoute, type Bench } from '../testing/bench.js';
import { deferred } from '../testing/deferred.js';
import type { Target } from '../testing/target.js';

/** What every router does with an environment that has used its bandwidth. */
export function bandwidthConformance(
  name: string,
  open: () => Promise<Pick<Bench, 'router' | 'port' | 'target' | 'close'>>,
): void {
  describe(`bandwidth that is used: ${name}`, () => {
    let bench: Awaited<ReturnType<typeof open>>;
    let app: Target;
    let answer: http.RequestListener;
    let asked = 0;
    beforeAll(async () => {
      bench = await open();
      app = await bench.target((req, res) => {
        asked += 1;
        answer(req, res);
      });
      new WebSocketServer({ server: app.server }).on('connection', (socket) => {
        socket.on('message', (data) => socket.send(data));
      });
    });
    beforeEach(() => {
      answer = (_req, res) => res.end('app');
      asked = 0;
    });
    afterAll(() => bench.close());

    const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
    const hold = (bandwidth: BandwidthLimit | null, hostname = 'app.test') =>
      bench.router.apply([{ ...aRoute(hostname, app.address), bandwidth }]);
    const stop = (until = inAnHour()) => hold({ rule: 'STOP', until });
    const throttle = (bytesPerSecond: number, hostname?: string) =>
      hold({ rule: 'THROTTLE', bytesPerSecond, until: inAnHour() }, hostname);
    const visit = (options: Parameters<typeof ask>[2] = {}, host = 'app.test') => ask(bench.port, host, options);
    const timed = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      return performance.now() - began;
    };
    const begin = async (host = 'app.test') => {
      const request = http.get({ host: '127.0.0.1', port: bench.port, headers: { host } });
      request.on('error', () => undefined);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.on('error', () => undefined);
      return response;
    };
    const size = async (response: IncomingMessage) => Buffer.concat(await response.toArray()).length;
    const openSocket = () => new WebSocket(`ws://127.0.0.1:${bench.port}/`, { headers: { host: 'app.test' } });

    test('where the plan stops it, visitors are told when it is back, and the app is not asked', async () => {
      const until = inAnHour();
      await stop(until);
      const { status, headers, body } = await visit();
      expect([status, headers['apployd-error'], headers['cache-control']]).toEqual([503, 'BANDWIDTH_USED', 'no-store']);
      const left = (Date.parse(until) - Date.now()) / 1_000;
      expect(Math.abs(Number(headers['retry-after']) - left)).toBeLessThan(30);
      expect(body).toContain(`back on ${until.slice(0, 10)} (UTC)`);
      const page = await visit({ headers: { accept: 'text/html' } });
      expect([page.headers['content-type'], page.body]).toEqual([
        'text/html; charset=utf-8',
        expect.stringContaining('<h1>Not available</h1>'),
      ]);
      const socket = openSocket();
      const [, refusal] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
      expect(refusal.headers['apployd-error']).toBe('BANDWIDTH_USED');
      refusal.destroy();
      expect(asked).toBe(0);
      await hold(null);
      expect((await visit()).body).toBe('app');
    });

    test('a limit whose period is over holds nobody, whether anybody has lifted it or not', async () => {
      await stop(new Date(Date.now() - 1).toISOString());
      expect((await visit()).body).toBe('app');
      await stop(new Date(Date.now() + 1_000).toISOString());
      await expect.poll(async () => (await visit()).body, { timeout: 10_000 }).toBe('app');
    });

    test('answers that are slowed down share the rate of their environment, and lose nothing', async () => {
      const body = Buffer.alloc(200_000, 'x');
      answer = (_req, res) => res.end(body);
      await throttle(200_000);
      await hold(null, 'other.test');
      const tookMs = await timed(async () => {
        const answers = await Promise.all([visit(), visit(), visit({ method: 'POST', body: 'asks' })]);
        expect(answers.map((each) => each.body === body.toString())).toEqual([true, true, true]);
      });
      // What goes out in the first moment is a second's worth.
      expect(tookMs).toBeGreaterThan(1_500);
      expect((await visit({}, 'other.test')).body.length).toBe(body.length);
    });

    test('the heads of answers do not wait, whatever waits before them', async () => {
      answer = (req, res) => (req.method === 'HEAD' ? res.writeHead(204).end() : res.end(Buffer.alloc(2 ** 20)));
      await throttle(16_384);
      const slow = await begin();
      slow.resume();
      expect(await timed(() => visit({ method: 'HEAD' }))).toBeLessThan(5_000);
      slow.destroy();
    });

    test('the head of an answer whose length is known does not wait for its body', async () => {
      answer = (_req, res) => {
        res.writeHead(200, { 'content-length': String(2 ** 20) });
        res.write(Buffer.alloc(65_536));
      };
      // What was written of the first body takes 15 s more.
      await throttle(4_096);
      const slow = await begin();
      slow.resume();
      const more = await Promise.race([begin(), wait(10_000, null, { ref: false })]);
      expect(more?.headers['content-length']).toBe(String(2 ** 20));
      slow.destroy();
      more?.destroy();
    });

    test('who asks for a WebSocket and is answered with a page is sent it as slowly', async () => {
      const body = Buffer.alloc(250_000, 'x');
      const { address } = await bench.target((req, res) => {
        if (req.url === '/whole') res.setHeader('content-length', body.length);
        res.write(body.subarray(0, 1_000));
        res.end(body.subarray(1_000));
      });
      const bandwidth = { rule: 'THROTTLE', bytesPerSecond: 100_000, until: inAnHour() } as const;
      await bench.router.apply([{ ...aRoute('app.test', address), bandwidth }]);
      for (const path of ['/whole', '/chunks']) {
        const headers = { connection: 'Upgrade', upgrade: 'websocket' };
        const tookMs = await timed(async () => expect((await visit({ path, headers })).body).toBe(body.toString()));
        expect(tookMs).toBeGreaterThan(1_000);
      }
    });

    test('where too many wait already, one more is told so, and the app is not asked', async () => {
      answer = (_req, res) => res.end(Buffer.alloc(2 ** 20));
      await throttle(16_384);
      const slow = await Promise.all(Array.from({ length: 40 }, () => begin()));
      for (const each of slow) each.resume();
      await expect
        .poll(async () => (await visit({ method: 'HEAD' })).headers['apployd-error'], { timeout: 5_000 })
        .toBe('OVERLOADED');
      const before = asked;
      const { status, headers } = await visit();
      expect([status, Number(headers['retry-after']) > 0, asked]).toEqual([503, true, before]);
      for (const each of slow) each.destroy();
      await expect.poll(async () => (await visit({ method: 'HEAD' })).status, { timeout: 10_000 }).toBe(200);
    });

    test('what is slowed down goes on at full speed once that is lifted', async () => {
      answer = (_req, res) => res.end(Buffer.alloc(2 ** 21));
      await throttle(16_384);
      const slow = await begin();
      await hold(null);
      // Two minutes' worth.
      expect(await timed(async () => expect(await size(slow)).toBe(2 ** 21))).toBeLessThan(30_000);
    });

    test('messages of a WebSocket are slowed down, arrive whole, and its end is heard', async () => {
      await throttle(100_000);
      const socket = openSocket();
      await once(socket, 'open');
      const message = Buffer.alloc(250_000, 'x');
      const tookMs = await timed(async () => {
        socket.send(message);
        const [data] = (await once(socket, 'message')) as [Buffer];
        expect(data.equals(message)).toBe(true);
      });
      expect(tookMs).toBeGreaterThan(1_000);
      socket.close(4000, 'done');
      expect((await once(socket, 'close'))[0]).toBe(4000);
    });

    test('what is under way when it begins goes on as it was, an answer and a WebSocket', async () => {
      const { promise: isHeld, resolve: go } = deferred<void>();
      answer = async (_req, res) => {
        res.write('begun ');
        await isHeld;
        res.end(Buffer.alloc(2 ** 20));
      };
      await hold(null);
      const socket = openSocket();
      await once(socket, 'open');
      const response = await begin();
      await stop();
      expect((await visit()).headers['apployd-error']).toBe('BANDWIDTH_USED');
      go();
      expect(await size(response)).toBe(2 ** 20 + 'begun '.length);
      socket.send('still there');
      expect(((await once(socket, 'message')) as [Buffer])[0].toString()).toBe('still there');
      socket.terminate();
    });

    test('an app is told when a visitor who is slowed down has left', async () => {
      const { promise: isLeft, resolve: left } = deferred<void>();
      answer = (_req, res) => {
        const write = () => {
          while (!res.destroyed && res.write(Buffer.alloc(65_536))) continue;
        };
        res.on('drain', write).once('close', left);
        write();
      };
      await throttle(16_384);
      const response = await begin();
      response.destroy();
      await isLeft;
    });
  });
}
