import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { isLeftOut } from '@apployd/test/without';
import { useNginx } from '../../testing/use-nginx.js';
import { embeddedRouter } from '../embedded.js';
import type { Traffic } from '../router.js';
import { nginxRouter } from './nginx.js';

const { options, aBench } = useNginx();

const requestsIn = ({ samples }: Traffic) => samples.reduce((sum, sample) => sum + sample.requests, 0);

describe.skipIf(isLeftOut('nginx'))('what has passed through Nginx', () => {
  test('is told from the mark on, also by another edge when both the first and its Nginx are gone', async () => {
    const settings = await options();
    const bench = await aBench(settings);
    await bench.app((_req, res) => res.end('fine'));
    await bench.ask();
    const { mark } = await bench.router.traffic();
    await bench.ask();
    await bench.ask();
    await bench.router.close(1_000);
    const other = nginxRouter(settings);
    expect(requestsIn(await other.traffic(mark))).toBe(2);
    expect(requestsIn(await other.traffic())).toBe(0);
    expect(requestsIn(await bench.router.traffic(mark))).toBe(2);
  });

  test('is told once by an edge that goes over to the embedded router and back', async () => {
    const settings = await options();
    const bench = await aBench(settings);
    await bench.app((_req, res) => res.end('fine'));
    await bench.ask();
    const { mark } = await bench.router.traffic();
    await bench.router.close(1_000);
    const between = embeddedRouter({ host: '127.0.0.1', port: 0, platform: settings.platform });
    const kept = await between.traffic(mark);
    expect(requestsIn(await nginxRouter(settings).traffic(kept.mark))).toBe(0);
  });

  test('over a WebSocket counts both ways', async () => {
    const bench = await aBench(await options());
    const target = await bench.app((_req, res) => res.end());
    new WebSocketServer({ server: target.server }).on('connection', (socket) => {
      socket.on('message', () => socket.send(Buffer.alloc(30_000)));
    });
    const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/`, { headers: { host: 'app.test' } });
    await once(socket, 'open');
    socket.send(Buffer.alloc(10_000));
    await once(socket, 'message');
    socket.close();
    await once(socket, 'close');
    const passed = async () => {
      const { samples } = await bench.router.traffic({});
      const [sample] = samples.filter(({ requests }) => requests > 0);
      return [sample?.bytesIn, sample?.bytesOut].map((bytes) => Math.floor((bytes ?? 0) / 1_000));
    };
    await expect.poll(passed).toEqual([10, 30]);
  });

  test('counts for who is still served when Nginx ends', async () => {
    const settings = await options({ shutdownMs: 100 });
    const bench = await aBench(settings);
    const target = await bench.app((_req, res) => void res.write(Buffer.alloc(100_000)));
    new WebSocketServer({ server: target.server }).on('connection', (socket) => socket.send(Buffer.alloc(30_000)));
    const { mark } = await bench.router.traffic();
    const download = http.get({ port: bench.port, headers: { host: 'app.test' } }).on('error', () => undefined);
    const [answer] = (await once(download, 'response')) as [http.IncomingMessage];
    let got = 0;
    answer.on('data', (part: Buffer) => (got += part.length)).on('error', () => undefined);
    const socket = new WebSocket(`ws://127.0.0.1:${bench.port}/`, { headers: { host: 'app.test' } });
    socket.on('error', () => undefined);
    await once(socket, 'message');
    await expect.poll(() => got).toBeGreaterThan(99_000);
    await bench.router.close(5_000);
    const { samples } = await nginxRouter(settings).traffic(mark);
    expect(samples).toMatchObject([{ requests: 2 }]);
    expect(samples[0]?.bytesOut).toBeGreaterThan(130_000);
  });

  test('is in a log that stays small, without a request that is lost or counted twice', async () => {
    const settings = await options({ workers: 2, logSizes: { largeBytes: 1_000, settledMs: 300 } });
    const bench = await aBench(settings);
    await bench.app((_req, res) => res.end('fine'));
    let [asked, counted] = [0, 0];
    const putAside = new Set<number>();
    while (putAside.size < 3) {
      await Promise.all(Array.from({ length: 8 }, () => bench.ask()));
      asked += 8;
      counted += requestsIn(await bench.router.traffic());
      const former = await stat(`${settings.socketFolder}/traffic.log.former`).catch(() => null);
      if (former) putAside.add(former.birthtimeMs);
    }
    await expect.poll(async () => (counted += requestsIn(await bench.router.traffic()))).toBe(asked);
  });
});
