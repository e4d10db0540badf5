import type http from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { readConfig } from '../config.js';
import { ask } from '../testing/ask.js';
import { openBench, type Bench } from '../testing/bench.js';
import { startTarget } from '../testing/target.js';

const benches: Bench[] = [];
/** What an app is told when this is sent. */
async function received(headers: http.OutgoingHttpHeaders, trustedProxies: readonly string[] = []) {
  const bench = await openBench({ trustedProxies });
  benches.push(bench);
  await bench.app((req, res) => res.end(JSON.stringify(req.headers)));
  const { body } = await bench.ask({ headers });
  return JSON.parse(body) as http.IncomingHttpHeaders;
}
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.close()));
});

const spoofed = {
  'x-forwarded-for': '6.6.6.6',
  'x-forwarded-host': 'evil.test',
  'x-forwarded-proto': 'https',
  'x-forwarded-port': '666',
  'x-real-ip': '6.6.6.6',
  forwarded: 'for=6.6.6.6',
};

describe('what an app is told about its visitor', () => {
  test('is where the connection came from, whatever the visitor says', async () => {
    const seen = await received({ ...spoofed, X_Forwarded_For: '6.6.6.6', 'X-Forwarded_Proto': 'https' });
    expect(seen).toMatchObject({
      host: 'app.test',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'app.test',
      'x-forwarded-proto': 'http',
    });
    expect(Object.keys(seen).filter((name) => /_|forwarded$|real-ip|port/.test(name))).toEqual([]);
  });

  test('is what a trusted proxy says, with the proxy added', async () => {
    expect(await received(spoofed, ['127.0.0.0/8'])).toMatchObject({
      'x-forwarded-for': '6.6.6.6, 127.0.0.1',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'https',
    });
  });

  test('is not what a proxy says that is not on the list', async () => {
    expect(await received(spoofed, ['10.0.0.0/8', '::1'])).toMatchObject({ 'x-forwarded-for': '127.0.0.1' });
  });

  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7, 10.0.0.9', '203.0.113.7'],
    ['6.6.6.6, 2001:db8::7, ::ffff:10.0.0.9', '2001:db8::7'],
    ['10.0.0.8, 10.0.0.9', '10.0.0.8'],
    ['6.6.6.6, nonsense', '127.0.0.1'],
    [undefined, '127.0.0.1'],
  ])("is the visitor's address alone on the platform's own host: of %s it is %s", async (said, visitor) => {
    const target = await startTarget((req, res) => res.end(JSON.stringify(req.headers['x-forwarded-for'])));
    const { EDGE_TRUSTED_PROXIES } = readConfig({
      DATABASE_URL: 'postgresql://localhost/x',
      EDGE_TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8',
    });
    const platform = { hostnames: ['platform.test'], server: target.address, dashboard: null };
    const bench = await openBench({ platform, trustedProxies: EDGE_TRUSTED_PROXIES });
    benches.push(bench);
    const headers = said === undefined ? {} : { 'x-forwarded-for': said };
    const { body } = await ask(bench.port, 'platform.test', { path: '/graphql', headers });
    expect(JSON.parse(body)).toBe(visitor);
    await target.kill();
  });

  test('cannot be taken away by naming it in Connection', async () => {
    const seen = await received({
      connection: 'close, x-forwarded-for, host, x-secret',
      'x-secret': '1',
      'x-other': '2',
    });
    expect(seen).toMatchObject({ host: 'app.test', 'x-forwarded-for': '127.0.0.1', 'x-other': '2' });
    expect(seen['x-secret']).toBeUndefined();
  });

  test('holds nothing that was meant for the edge', async () => {
    const seen = await received({
      te: 'trailers',
      'keep-alive': 'timeout=9',
      'proxy-authorization': 'x',
      'proxy-connection': 'y',
    });
    expect(Object.keys(seen).sort()).toEqual(
      ['connection', 'host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-request-id'].sort(),
    );
  });
});

describe('a request id', () => {
  test('is made, told to the app and told to the visitor', async () => {
    const bench = await openBench();
    benches.push(bench);
    await bench.app((req, res) => res.end(req.headers['x-request-id']));
    const { headers, body } = await bench.ask();
    expect(body).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['x-request-id']).toBe(body);
  });

  test('is taken from the visitor when it looks like one', async () => {
    expect((await received({ 'x-request-id': 'trace-0123456789' }))['x-request-id']).toBe('trace-0123456789');
    expect((await received({ 'x-request-id': 'a b' }))['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
