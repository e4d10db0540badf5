import { expect, test } from 'vitest';
import { lazyMetrics } from '@apployd/backplane/metrics/lazy-metrics';
import { freePort } from '@apployd/backplane/testing/free-port';
import { serveMetrics } from './serve-metrics.js';

test('what the engine counts is shown at /metrics, and nothing else is there', async () => {
  const metrics = lazyMetrics('engine');
  metrics.tally('apployd_found_total', 'What was found.', 'finding').add('route.astray');
  const port = await freePort();
  const page = await serveMetrics(metrics, port);
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(await answer.text()).toContain('apployd_found_total{finding="route.astray",process="engine"} 1');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  } finally {
    await page.close();
  }
});
