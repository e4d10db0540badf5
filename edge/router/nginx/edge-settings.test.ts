import http, { type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { openNginxBench } from '../../testing/nginx-bench.js';
import { steadily } from '../../testing/steadily.js';
import { edgeSettingsConformance } from '../edge-settings.conformance.js';

describe.skipIf(isLeftOut('nginx'))('with Nginx', () => {
  edgeSettingsConformance('nginx', openNginxBench, 'under attack');

  test('a body that nobody watches makes room for the next one when it is answered or its visitor leaves', async () => {
    const bodyIdleMs = 400;
    const bench = await openNginxBench({ bodyIdleMs, workers: 1, mostPerEnvironment: 4 });
    onTestFinished(() => bench.close());
    let [begun, gone] = [0, 0];
    await bench.app((req, res) => {
      begun += 1;
      req.resume().once('end', () => res.end('app'));
      req.once('close', () => (gone += 1));
    });
    for (let i = 0; i < 3; i += 1) await bench.ask({ method: 'POST', body: Buffer.from('quick') });
    const left = begin(bench.port, 2).on('error', () => undefined);
    left.write('x');
    await expect.poll(() => begun).toBe(4);
    left.destroy();
    await expect.poll(() => gone).toBe(4);
    // Several times as long as it would have, were it watched.
    await steadily(bodyIdleMs / 2, async (writes) => {
      const slow = begin(bench.port, 30).on('error', () => undefined);
      const answered = bodyOf(slow);
      for (let i = 0; i < 30; i += 1) {
        writes();
        slow.write('x');
        await Promise.race([setTimeout(50), answered]);
      }
      expect(await answered).toBe('app');
    });
  });
});

function begin(port: number, length: number): http.ClientRequest {
  const headers = { host: 'app.test', 'content-length': length };
  return http.request({ host: '127.0.0.1', port, method: 'POST', headers });
}

async function bodyOf(request: http.ClientRequest): Promise<string> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return (await response.toArray()).join('');
}
