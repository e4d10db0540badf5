import net from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '@apployd/backplane/testing/until';
import { aRoute, openBench, type Bench } from '../testing/bench.js';
import { openNginxBench } from '../testing/nginx-bench.js';
import type { HoldTimes } from './hold.js';

type Options = {
  readonly onAsleep: (id: string) => void;
  readonly holdTimes?: HoldTimes;
  readonly mostPerEnvironment?: number;
};
const routers: Readonly<Record<string, (options: Options) => Promise<Bench>>> = {
  embedded: openBench,
  nginx: openNginxBench,
};
const asleep = { ...aRoute('app.test'), asleep: true };
const soon: HoldTimes = { browserMs: 20, programMs: 40 };

describe.each(Object.entries(routers))('visitors of what sleeps, behind the %s router', (_name, open) => {
  const opened: Bench[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bench) => bench.close()));
  });
  const aBench = async (options: Omit<Options, 'onAsleep'> = {}) => {
    const asked: string[] = [];
    const bench = await open({ onAsleep: (id) => asked.push(id), ...options });
    opened.push(bench);
    await bench.router.apply([asleep]);
    return { ...bench, asked };
  };

  test('a thousand at once are held by one wake, and all are answered once it is awake', async () => {
    const { router, target, ask, asked } = await aBench();
    const app = await target((_, response) => response.end('awake'));
    const visits = Array.from({ length: 1_000 }, () => ask());
    await until(async () => asked.length > 0);
    await router.apply([aRoute('app.test', app.address)]);
    const answers = await Promise.all(visits);
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['200 awake']));
    expect(asked.length).toBeLessThan(5);
  });

  test('a body arrives whole and once, and is not read before somebody is there to take it', async () => {
    const { router, target, port, asked } = await aBench();
    const bodies: Buffer[] = [];
    const app = await target((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.end(String(bodies.push(Buffer.concat(chunks)))));
    });
    const body = randomBytes(64 * 2 ** 20);
    const socket = net.connect(port, '127.0.0.1');
    socket.write(
      `POST /once HTTP/1.1\r\nhost: app.test\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
    const answer = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString('latin1')));
      socket.on('close', () => resolve(text));
    });
    await until(async () => asked.length > 0);
    await until(async () => socket.bytesWritten > 0);
    expect(socket.writableLength).toBeGreaterThan(0);
    await router.apply([aRoute('app.test', app.address)]);
    expect(await answer).toMatch(/^HTTP\/1.1 200[^]*\r\n\r\n/);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.equals(body)).toBe(true);
  });

  test('a WebSocket is held too', async () => {
    const { router, target, port, asked } = await aBench();
    const app = await target(() => undefined);
    app.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
      socket.end('hello');
    });
    const socket = net.connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: app.test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    await until(async () => asked.length > 0);
    await router.apply([aRoute('app.test', app.address)]);
    await until(async () => text.includes('hello'));
    expect(text).toMatch(/^HTTP\/1.1 101/);
    socket.destroy();
  });

  test('who browses is soon shown a page that asks again by itself, a program waits longer and is told when to', async () => {
    const { ask } = await aBench({ holdTimes: soon });
    const page = await ask({ headers: { accept: 'text/html,*/*' } });
    expect(page).toMatchObject({ status: 503, headers: { 'retry-after': '5', 'cache-control': 'no-store' } });
    expect(page.body).toContain('<meta http-equiv="refresh" content="1">');
    expect(page.body).not.toContain('<script');
    const told = await ask({ method: 'POST', body: 'x', headers: { accept: 'text/html' } });
    expect(told).toMatchObject({ status: 503, headers: { 'retry-after': '5', 'content-type': /text\/(html|plain)/ } });
  });

  test('who leaves is forgotten, and a later visitor wakes it again', async () => {
    const { port, asked, ask, router, target } = await aBench();
    const socket = net.connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: app.test\r\n\r\n');
    await until(async () => asked.length === 1);
    socket.destroy();
    await until(async () => (await router.traffic()).samples.every(({ open }) => open === 0));
    const later = ask({ headers: { later: 'yes' } });
    const app = await target((_, response) => response.end('awake'));
    await until(async () => asked.length > 1);
    await router.apply([aRoute('app.test', app.address)]);
    expect((await later).body).toBe('awake');
  });

  test('what turns out not to run is told at once', async () => {
    const { ask, asked, router } = await aBench();
    const visit = ask();
    await until(async () => asked.length > 0);
    await router.apply([aRoute('app.test')]);
    expect((await visit).status).toBe(503);
  });

  test('open requests are told of as long as they are open, and no longer', async () => {
    const { ask, router, target } = await aBench();
    const waiting: (() => void)[] = [];
    const app = await target((_, response) => void waiting.push(() => response.end('done')));
    await router.apply([aRoute('app.test', app.address)]);
    const visit = ask();
    await until(async () => waiting.length > 0);
    const open = async () => (await router.traffic()).samples.reduce((sum, sample) => sum + sample.open, 0);
    expect(await open()).toBe(1);
    expect(await open()).toBe(1);
    waiting.forEach((end) => end());
    await visit;
    await until(async () => (await open()) === 0);
  });

  test('no more than so many are held', async () => {
    const { ask, asked, router, target } = await aBench({ mostPerEnvironment: 2 });
    const visits = [ask(), ask(), ask()];
    const refused = await Promise.race(visits);
    expect(refused.headers['apployd-error']).toBe('OVERLOADED');
    await until(async () => asked.length > 0);
    const app = await target((_, response) => response.end('awake'));
    await router.apply([aRoute('app.test', app.address)]);
    const told = (await Promise.all(visits)).map(
      ({ status, headers, body }) => headers['apployd-error'] ?? `${status} ${body}`,
    );
    expect(told.sort()).toEqual(['200 awake', '200 awake', 'OVERLOADED']);
  });
});
