import { once } from 'node:events';
import type http from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener } from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usualEdgeSettings } from '@apployd/core/edge-settings';
import { summaryOf } from '@apployd/core/rollout';
import { ask } from '../testing/ask.js';
import { aRoute, type Bench } from '../testing/bench.js';
import type { Target } from '../testing/target.js';
import type { SideSample } from './router.js';
import { releaseCookie, rolloutTag } from './release-cookie.js';
import { relayedNumber } from './ticket.js';

type RolloutBench = Pick<Bench, 'router' | 'port' | 'target' | 'close'>;

/** What every router does while two releases are served. The bench believes this machine about who visits. */
export function rolloutConformance(
  name: string,
  open: (options: {
    readonly trustedProxies: readonly string[];
    readonly connectTimeoutMs: number;
  }) => Promise<RolloutBench>,
): void {
  describe(`rollouts: ${name}`, () => {
    let bench: RolloutBench;
    const apps: Record<'old' | 'new', Target> = {} as never;
    let answer: (side: 'old' | 'new') => RequestListener;
    const plain =
      (side: string): RequestListener =>
      (_req, res) =>
        void res.end(side);
    beforeAll(async () => {
      bench = await open({ trustedProxies: ['127.0.0.1'], connectTimeoutMs: 1_000 });
      for (const side of ['old', 'new'] as const) apps[side] = await bench.target((req, res) => answer(side)(req, res));
      answer = plain;
    });
    afterAll(() => bench.close());

    let deployment = 0;
    /** A rollout of another deployment each time, so that what is counted is its own. */
    const begin = async (percent: number, targets = [apps.new.address]) => {
      const deploymentId = `deployment-${(deployment += 1)}`;
      await share(deploymentId, percent, targets);
      return deploymentId;
    };
    const share = (deploymentId: string, percent: number, targets = [apps.new.address]) =>
      bench.router.apply([{ ...aRoute('app.test', apps.old.address), rollout: { deploymentId, targets, percent } }]);
    const visit = (headers: OutgoingHttpHeaders = {}, path = '/') => ask(bench.port, 'app.test', { headers, path });
    const cookieOf = (found: { readonly headers: http.IncomingHttpHeaders }) =>
      (found.headers['set-cookie'] ?? []).find((each) => each.startsWith('apployd-release='))?.split(';')[0];
    /** So many who visit for the first time; the cookie and the release of each. */
    const strangers = async (count: number) => {
      const found: { cookie: string; side: string }[] = [];
      const one = async () => {
        const seen = await visit();
        found.push({ cookie: cookieOf(seen) ?? '', side: seen.body });
      };
      for (let i = 0; i < count; i += 50) await Promise.all(Array.from({ length: Math.min(50, count - i) }, one));
      return found;
    };
    /** What both sides have answered, once so many answers are told. */
    const sidesOf = async (deploymentId: string, answers: number) => {
      const told: SideSample[] = [];
      await expect
        .poll(async () => {
          told.push(...(await bench.router.sides()).filter((each) => each.deploymentId === deploymentId));
          return told.reduce((sum, each) => sum + summaryOf(each).requests, 0);
        })
        .toBe(answers);
      const of = (isNew: boolean) => {
        const mine = told.filter((each) => each.isNew === isNew);
        const latency = (mine[0]?.latency ?? []).map((_, i) =>
          mine.reduce((sum, each) => sum + (each.latency[i] ?? 0), 0),
        );
        return summaryOf({ errors: mine.reduce((sum, each) => sum + each.errors, 0), latency });
      };
      return { old: of(false), new: of(true) };
    };

    test('the new release has its share of those who come for the first time', async () => {
      const deploymentId = await begin(20);
      const found = await strangers(1_000);
      const share = found.filter(({ side }) => side === 'new').length;
      // Five times the standard deviation: it is wrong once in a million runs.
      expect(share).toBeGreaterThan(136);
      expect(share).toBeLessThan(264);
      const sides = await sidesOf(deploymentId, 1_000);
      expect(sides.new.requests).toBe(share);
    });

    test('each of them stays with the release that they were given, and is given no other cookie', async () => {
      await begin(50);
      for (const { cookie, side } of await strangers(20)) {
        for (let i = 0; i < 5; i += 1) {
          const again = await visit({ cookie });
          expect(again.body).toBe(side);
          expect(again.headers['set-cookie']).toBeUndefined();
        }
      }
    });

    test('a growing share takes more over and gives none back, and none at all sends all to the former', async () => {
      const deploymentId = await begin(20);
      const found = await strangers(100);
      await share(deploymentId, 60);
      const later = await Promise.all(found.map(({ cookie }) => visit({ cookie })));
      const moved = found.map(({ side }, i) => `${side} ${later[i]?.body}`);
      expect(moved).not.toContain('new old');
      expect(moved).toContain('old new');
      expect(moved).toContain('old old');
      await bench.router.apply([aRoute('app.test', apps.old.address)]);
      const ended = await Promise.all(found.map(({ cookie }) => visit({ cookie })));
      expect(new Set(ended.map(({ body }) => body))).toEqual(new Set(['old']));
      expect(ended.map((each) => each.headers['set-cookie'])).toEqual(ended.map(() => undefined));
    });

    test('a cookie of another rollout, or one that says nothing, is ignored and another given', async () => {
      await begin(99);
      const [stale] = await strangers(1);
      await begin(1);
      for (const cookie of [stale?.cookie ?? '', 'apployd-release=x', 'apployd-release=.0000', 'apployd-release='])
        expect(cookieOf(await visit({ cookie }))).toMatch(/^apployd-release=[\w-]{16}\.\d{4}$/);
      const sides = await Promise.all(Array.from({ length: 40 }, () => visit({ cookie: stale?.cookie })));
      expect(sides.filter(({ body }) => body === 'old').length).toBeGreaterThan(30);
    });

    test('the cookie is for the edge alone: closed to scripts, of this host, secure where the visitor is', async () => {
      const deploymentId = await begin(50);
      const [told] = (await visit()).headers['set-cookie'] ?? [];
      expect(told).toMatch(/^apployd-release=[\w-]{16}\.\d{4}; Path=\/; Max-Age=1814400; HttpOnly; SameSite=Lax$/);
      expect(told).not.toContain(deploymentId);
    });

    test('on HTTPS it has a name that browsers take from this host alone, and no other one counts', async () => {
      await begin(50);
      const https = (headers: OutgoingHttpHeaders = {}) => visit({ 'x-forwarded-proto': 'https', ...headers });
      const first = await https();
      const [told = ''] = first.headers['set-cookie'] ?? [];
      expect(told).toMatch(
        /^__Host-apployd-release=[\w-]{16}\.\d{4}; Path=\/; Max-Age=1814400; HttpOnly; SameSite=Lax; Secure$/,
      );
      const [cookie = ''] = told.split(';');
      for (let i = 0; i < 5; i += 1) {
        const again = await https({ cookie });
        expect([again.body, again.headers['set-cookie']]).toEqual([first.body, undefined]);
      }
      const tossed = cookie.replace('__Host-', '');
      expect((await https({ cookie: tossed })).headers['set-cookie']).toHaveLength(1);
      expect((await visit({ cookie })).headers['set-cookie']).toHaveLength(1);
      answer = () => (req, res) => void res.end(`cookies: ${req.headers.cookie ?? 'none'}`);
      expect((await https({ cookie: `a=1; ${cookie}; ${tossed}` })).body).toBe('cookies: a=1');
      answer = plain;
    });

    test('the app does not see the cookie, with a rollout and long after it, and keeps its own', async () => {
      answer = () => (req, res) => void res.end(`cookies: ${req.headers.cookie ?? 'none'}`);
      await begin(50);
      const { cookie = '' } = (await strangers(1))[0] ?? {};
      for (const rollout of [true, false]) {
        if (!rollout) await bench.router.apply([aRoute('app.test', apps.old.address)]);
        expect((await visit({ cookie })).body).toBe('cookies: none');
        expect((await visit({ cookie: `a=1; ${cookie}; b=2` })).body).toBe('cookies: a=1; b=2');
        expect((await visit({ cookie: 'a=1;  b=2' })).body).toContain('a=1;');
      }
      answer = plain;
    });

    test('while it lasts an answer is kept by no cache for others, and loses nothing else that it says itself', async () => {
      answer = () => (_req, res) => void res.writeHead(200, headers).end();
      let headers: OutgoingHttpHeaders = {};
      await begin(50);
      const said = async (control: string | undefined) => {
        headers = { 'set-cookie': ['own=1', 'other=2'], ...(control && { 'cache-control': control }) };
        const { headers: told } = await visit();
        expect(told['set-cookie']?.slice(0, 2)).toEqual(['own=1', 'other=2']);
        expect(told['set-cookie']).toHaveLength(3);
        return told['cache-control'];
      };
      expect(await said(undefined)).toBe('private');
      expect(await said('public, max-age=60, s-maxage=600')).toBe('private, max-age=60');
      expect(await said('no-store')).toBe('no-store');
      expect(await said('private, max-age=1')).toBe('private, max-age=1');
      const { cookie = '' } = (await strangers(1))[0] ?? {};
      const forCaches = { 'cdn-cache-control': 'max-age=9', 'surrogate-control': 'max-age=9' };
      headers = { 'cache-control': 'public, max-age=60', ...forCaches };
      for (const more of [{}, { cookie }]) {
        const { headers: said } = await visit(more);
        expect(said['cache-control']).toBe('private, max-age=60');
        expect([said['cdn-cache-control'], said['surrogate-control']]).toEqual([undefined, undefined]);
      }
      await bench.router.apply([aRoute('app.test', apps.old.address)]);
      expect((await visit({ cookie })).headers).toMatchObject(headers);
      answer = plain;
    });

    test('a WebSocket goes to the release of its visitor, and who comes with it for the first time is told', async () => {
      for (const side of ['old', 'new'] as const) {
        apps[side].server.on('upgrade', (req: IncomingMessage, socket: net.Socket) => {
          socket.end(
            `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n${side} ${req.headers.cookie ?? ''}`,
          );
        });
      }
      const deploymentId = await begin(50);
      const cookies = new Map((await strangers(20)).map(({ side, cookie }) => [side, cookie]));
      for (const [side, cookie] of cookies) expect(await upgrade(bench.port, cookie)).toMatch(new RegExp(`${side} $`));
      const told = await upgrade(bench.port);
      const [, cookie = '', side] = /set-cookie: (apployd-release=[\w.-]+);[^]*\r\n\r\n(old|new) $/i.exec(told) ?? [];
      expect((await visit({ cookie })).body).toBe(side);
      await sidesOf(deploymentId, 20 + cookies.size + 2);
    });

    test('who is slowed down, and who sends a body under attack, goes to the release of theirs and is counted there', async () => {
      const deploymentId = `deployment-${(deployment += 1)}`;
      const bandwidth = {
        rule: 'THROTTLE',
        bytesPerSecond: 1_048_576,
        until: new Date(Date.now() + 3_600_000).toISOString(),
      } as const;
      const rollout = { deploymentId, targets: [apps.new.address], percent: 50 };
      const names: (string | undefined)[] = [];
      answer = (side) => (req, res) => {
        names.push(...Object.keys(req.headers).filter((name) => name === relayedNumber));
        req.resume().on('end', () => res.end(side));
      };
      await bench.router.apply([{ ...aRoute('app.test', apps.old.address), rollout, bandwidth }]);
      const found = await strangers(20);
      expect(new Set(found.map(({ side }) => side)).size).toBe(2);
      expect(names).toEqual([]);
      // Nobody chooses their own by the header that is for neighbours.
      for (const { cookie, side } of found)
        expect((await visit({ cookie, [relayedNumber]: side === 'new' ? '9999' : '0' })).body).toBe(side);
      const edge = { ...usualEdgeSettings, underAttack: true };
      await bench.router.apply([{ ...aRoute('app.test', apps.old.address), rollout, edge }]);
      for (const { cookie, side } of found)
        expect((await ask(bench.port, 'app.test', { method: 'POST', headers: { cookie }, body: 'some' })).body).toBe(
          side,
        );
      const isNew = found.filter(({ side }) => side === 'new').length;
      const sides = await sidesOf(deploymentId, 60);
      expect([sides.new.requests, sides.new.errors]).toEqual([3 * isNew, 0]);
      answer = plain;
    });

    test('errors and slow answers are counted for the side that gave them', async () => {
      answer = (side) => (_req, res) => {
        if (side === 'old') return void res.end('old');
        setTimeout(() => res.writeHead(503).end('new'), 60);
      };
      const deploymentId = await begin(50);
      const found = await strangers(60);
      const news = found.filter(({ side }) => side === 'new').length;
      const sides = await sidesOf(deploymentId, 60);
      expect(sides.new).toMatchObject({ requests: news, errors: news, errorRate: 100 });
      expect(sides.new.p95Ms).toBeGreaterThan(50);
      expect(sides.old).toMatchObject({ requests: 60 - news, errors: 0, errorRate: 0 });
      answer = plain;
    });

    test('who leaves a release that hangs counts as answered as late as that, and who leaves soon not at all', async () => {
      const hung = await bench.target(() => undefined);
      hung.server.on('upgrade', (_req, socket: net.Socket) => void socket.resume());
      const deploymentId = await begin(50, [hung.address]);
      const cookie = `${releaseCookie}=${rolloutTag(deploymentId)}.0000`;
      const lines = ['GET / HTTP/1.1', 'host: app.test', `cookie: ${cookie}`];
      const webSocket = [...lines, 'connection: upgrade', 'upgrade: websocket'];
      const leaveBoth = (ms: number) =>
        Promise.all([
          leaveAfter(bench.port, once(hung.server, 'request'), ms, lines),
          leaveAfter(bench.port, once(hung.server, 'upgrade'), ms, webSocket),
        ]);
      await leaveBoth(0);
      await leaveBoth(1_200);
      const sides = await sidesOf(deploymentId, 2);
      expect(sides.new).toMatchObject({ requests: 2, errors: 0 });
      expect(sides.new.p95Ms).toBeGreaterThan(1_000);
    });

    test('who cannot reach the new release is counted as its error, and those of the former one notice nothing', async () => {
      const gone = await bench.target(plain('gone'));
      await gone.kill();
      const deploymentId = await begin(50, [gone.address]);
      const answers = await Promise.all(Array.from({ length: 40 }, () => visit()));
      const failed = answers.filter(({ status }) => status === 502).length;
      expect(failed).toBeGreaterThan(5);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(40 - failed);
      expect((await sidesOf(deploymentId, 40)).new).toMatchObject({ requests: failed, errors: failed });
    });

    test('changes of the share fail no request, whichever way they go', async () => {
      const deploymentId = await begin(1);
      let isOver = false;
      const seen: string[] = [];
      const keep = async () => {
        while (!isOver) {
          const { status, body } = await visit();
          seen.push(`${status} ${body}`);
        }
      };
      const visitors = Array.from({ length: 10 }, keep);
      for (const percent of [5, 25, 50, 99, 50, 1]) {
        await share(deploymentId, percent);
        const before = seen.length;
        await expect.poll(() => seen.length - before).toBeGreaterThan(20);
      }
      await bench.router.apply([aRoute('app.test', apps.new.address)]);
      isOver = true;
      await Promise.all(visitors);
      expect(seen.filter((each) => !/^200 (old|new)$/.test(each))).toEqual([]);
      expect((await visit()).body).toBe('new');
    });
  });
}

/** Asks for something, and is gone so long after the app was asked, whatever came by then. */
async function leaveAfter(port: number, asked: Promise<unknown>, ms: number, lines: readonly string[]): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  const closed = once(socket, 'close');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await Promise.race([asked, closed]);
  if (ms > 0) await sleep(ms);
  socket.destroy();
  await closed;
}

/** All that is said of a handshake, and what comes after it. */
function upgrade(port: number, cookie?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    const lines = ['GET / HTTP/1.1', 'host: app.test', 'connection: upgrade', 'upgrade: websocket'];
    socket.write(`${[...lines, ...(cookie ? [`cookie: ${cookie}`] : [])].join('\r\n')}\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.once('error', reject);
    socket.once('close', () => resolve(text));
    socket.setTimeout(10_000, () => socket.destroy(new Error(`No end within 10 s, after ${text}`)));
  });
}
