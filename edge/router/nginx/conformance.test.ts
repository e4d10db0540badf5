import { describe } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { ask } from '../../testing/ask.js';
import { openNginxBench } from '../../testing/nginx-bench.js';
import { routerConformance } from '../router.conformance.js';

describe.skipIf(isLeftOut('nginx'))('with Nginx', () => {
  routerConformance('nginx', async () => {
    const bench = await openNginxBench();
    return {
      router: bench.router,
      target: async () => {
        const target = await bench.target((_req, res) => res.end(target.address));
        return target.address;
      },
      visit: async (host, path) => {
        const { status, headers, body } = await ask(bench.port, host, { path });
        if (headers.location) return `${status} ${headers.location}`;
        return headers['apployd-error']?.toString() ?? body;
      },
      close: bench.close,
    };
  });
});
