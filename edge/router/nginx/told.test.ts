import type http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { ask } from '../../testing/ask.js';
import { aRoute } from '../../testing/bench.js';
import { openNginxBench, type NginxBench } from '../../testing/nginx-bench.js';
import { startTarget, type Target } from '../../testing/target.js';
import { control } from './control.js';

const spoofed = {
  'x-forwarded-for': '6.6.6.6',
  'x-forwarded-host': 'evil.test',
  'x-forwarded-proto': 'https',
  'x-forwarded-port': '666',
  'x-real-ip': '6.6.6.6',
  forwarded: 'for=6.6.6.6',
};

/** What an app is told when this is sent. */
async function received(bench: NginxBench, headers: http.OutgoingHttpHeaders) {
  await bench.app((req, res) => res.end(JSON.stringify(req.headers)));
  return JSON.parse((await bench.ask({ headers })).body) as http.IncomingHttpHeaders;
}

describe.skipIf(isLeftOut('nginx'))('behind Nginx, what an app is told about its visitor', () => {
  let bench: NginxBench;
  let behindProxies: NginxBench;
  let server: Target;
  beforeAll(async () => {
    server = await startTarget((req, res) => res.end(JSON.stringify(req.headers['x-forwarded-for'])));
    const platform = {
      hostnames: ['Platform.test'],
      server: server.address.replace('127.0.0.1', 'localhost'),
      dashboard: null,
    };
    bench = await openNginxBench({ platform });
    behindProxies = await openNginxBench({ platform, trustedProxies: ['127.0.0.0/8', '10.0.0.0/8', '::1'] });
  });
  afterAll(() => Promise.all([bench.close(), behindProxies.close(), server.kill()]));

  test('is where the connection came from, whatever the visitor says', async () => {
    const seen = await received(bench, { ...spoofed, X_Forwarded_For: '6.6.6.6', 'X-Forwarded_Proto': 'https' });
    expect(seen).toMatchObject({
      host: 'app.test',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'app.test',
      'x-forwarded-proto': 'http',
    });
    expect(Object.keys(seen).filter((name) => /_|forwarded$|real-ip|port/.test(name))).toEqual([]);
  });

  test('is what a trusted proxy says, with the proxy added', async () => {
    expect(await received(behindProxies, spoofed)).toMatchObject({
      'x-forwarded-for': '6.6.6.6, 127.0.0.1',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'https',
    });
    expect(await received(behindProxies, {})).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'app.test',
      'x-forwarded-proto': 'http',
    });
  });

  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7, 10.0.0.9', '203.0.113.7'],
    ['10.0.0.8, 10.0.0.9', '10.0.0.8'],
    ['6.6.6.6, nonsense', '127.0.0.1'],
    [undefined, '127.0.0.1'],
  ])("is the visitor's address alone on the platform's own host: of %s it is %s", async (said, visitor) => {
    const headers = said === undefined ? {} : { 'x-forwarded-for': said };
    const { body } = await ask(behindProxies.port, 'platform.test', { path: '/graphql', headers });
    expect(JSON.parse(body)).toBe(visitor);
  });

  test("is for the platform's server below its own paths only", async () => {
    expect(await ask(bench.port, 'platform.test', { path: '/graphqlx' })).toMatchObject({
      status: 200,
      body: 'Apployd: The API of this platform is at /graphql.\n',
    });
    expect(await ask(bench.port, 'app.platform.test', { path: '/graphql' })).toMatchObject({ status: 404 });
  });

  test('cannot be taken away by naming it in Connection', async () => {
    const connection = 'close, x-forwarded-for, host, x-secret';
    const seen = await received(bench, { connection, 'x-secret': '1', 'x-other': '2' });
    expect(seen).toMatchObject({ host: 'app.test', 'x-forwarded-for': '127.0.0.1', 'x-other': '2' });
    expect(seen['x-secret']).toBeUndefined();
  });

  test('holds nothing that was meant for the edge', async () => {
    const hops = { te: 'trailers', 'keep-alive': 'timeout=9', 'proxy-authorization': 'x', 'proxy-connection': 'y' };
    expect(Object.keys(await received(bench, hops)).sort()).toEqual(
      ['host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-request-id'].sort(),
    );
  });

  test('has a request id, that the visitor gets too and may bring along', async () => {
    await bench.app((req, res) => res.end(req.headers['x-request-id']));
    const { headers, body } = await bench.ask();
    expect(body).toMatch(/^[0-9a-f]{32}$/);
    expect(headers['x-request-id']).toBe(body);
    expect((await received(bench, { 'x-request-id': 'trace-0123456789' }))['x-request-id']).toBe('trace-0123456789');
    expect((await received(bench, { 'x-request-id': 'a b' }))['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe.skipIf(isLeftOut('nginx'))('behind Nginx, while the server of the platform is away', () => {
  test('its visitors are told that it is back soon', async () => {
    const bench = await openNginxBench();
    expect(await ask(bench.port, 'platform.test', { path: '/graphql' })).toMatchObject({
      status: 503,
      headers: { 'apployd-error': 'PLATFORM_DOWN', 'retry-after': '5' },
    });
    await bench.close();
  });
});

describe.skipIf(isLeftOut('nginx'))('Nginx, told of routes', () => {
  test('takes all that it can: one that it refuses is named, and holds up none of the others', async () => {
    const bench = await openNginxBench();
    const { change, sites } = control(path.join(bench.folder, 'control.sock'));
    const long = 'x'.repeat(300 * 1024);
    const lines = ['hold up.test', ...['a', 'b', 'c'].map((name) => `put ${name}.test env ${long}`)];
    expect(await change(lines)).toEqual(['up.test unknown line']);
    expect(await sites()).toEqual(expect.arrayContaining(['a.test', 'b.test', 'c.test']));
    await bench.close();
  });

  test('has each as it was that it has no room for, takes what is shorter, and the rest as soon as there is room', async () => {
    const counts: number[] = [];
    const bench = await openNginxBench({ onLeftOut: (_, count) => counts.push(count) });
    const { change } = control(path.join(bench.folder, 'control.sock'));
    const app = await bench.app((_req, res) => res.end('as it was'));
    // Large ones until there is no room for another, then small ones.
    const fill = async (name: string, bytes: number) => {
      const text = 'x'.repeat(bytes);
      for (let n = 0; ; n += 1) if ((await change([`put ${name}${n} - ${text}`])).length > 0) return;
    };
    await fill('large', 1_900_000);
    await fill('small', 60_000);
    const redirects = [{ from: '/x', to: `/${'y'.repeat(70_000)}`, permanent: false }];
    await bench.router.apply([{ ...aRoute('app.test', app.address), redirects }]);
    expect([(await bench.ask()).body, counts]).toEqual(['as it was', [1]]);
    await bench.router.apply([aRoute('app.test')]);
    expect([(await bench.ask()).status, counts]).toEqual([503, [1, 0]]);
    await bench.router.apply([{ ...aRoute('app.test', app.address), redirects }]);
    expect((await bench.ask()).status).toBe(503);
    await change(['forget large1']);
    await expect.poll(async () => (await bench.ask()).body, { timeout: 15_000 }).toBe('as it was');
    expect(counts.at(-1)).toBe(0);
    await bench.close();
  }, 60_000);
});
