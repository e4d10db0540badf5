import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { aRoute } from '../../testing/bench.js';
import { nginxOptions, openNginxBench } from '../../testing/nginx-bench.js';
import { bandwidthConformance } from '../bandwidth.conformance.js';

describe.skipIf(isLeftOut('nginx'))('with Nginx', () => {
  bandwidthConformance('nginx', openNginxBench);

  test('while the edge cannot be reached, what it would slow down is served as usual', async () => {
    const options = await nginxOptions();
    const bench = await openNginxBench(options);
    try {
      const app = await bench.target((_req, res) => res.end('app'));
      const until = new Date(Date.now() + 3_600_000).toISOString();
      await rm(path.join(options.socketFolder, 'waker.sock'));
      await bench.router.apply([
        { ...aRoute('app.test', app.address), bandwidth: { rule: 'THROTTLE', bytesPerSecond: 65_536, until } },
      ]);
      expect((await bench.ask()).body).toBe('app');
      expect((await bench.ask({ method: 'POST', body: 'asks' })).body).toBe('app');
      expect((await bench.ask({ headers: { accept: 'text/event-stream' } })).body).toBe('app');
    } finally {
      await bench.close();
    }
  });

  test('while the edge cannot be reached, an instance that is gone as well is left for the next', async () => {
    const options = await nginxOptions();
    const bench = await openNginxBench(options);
    try {
      const [app, gone] = [await bench.target((_req, res) => res.end('app')), await bench.target(() => undefined)];
      await gone.kill();
      const until = new Date(Date.now() + 3_600_000).toISOString();
      await rm(path.join(options.socketFolder, 'waker.sock'));
      const bandwidth = { rule: 'THROTTLE', bytesPerSecond: 65_536, until } as const;
      await bench.router.apply([{ ...aRoute('app.test', app.address, gone.address), bandwidth }]);
      for (let i = 0; i < 6; i += 1) expect((await bench.ask({ method: 'POST', body: 'asks' })).body).toBe('app');
    } finally {
      await bench.close();
    }
  });
});
