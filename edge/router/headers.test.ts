import type http from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { openBench, type Bench } from '../testing/bench.js';

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
