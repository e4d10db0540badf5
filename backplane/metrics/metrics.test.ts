import { expect, test } from 'vitest';
import { lazyMetrics } from './lazy-metrics.js';
import { createMetrics } from './metrics.js';

test("the page has this process's own figures, labelled with its name", async () => {
  const { contentType, body } = await createMetrics('engine').page();
  expect(contentType).toMatch(/^text\/plain/);
  expect(body).toMatch(/process_resident_memory_bytes\{process="engine"\} \d/);
});

test('two processes in one, as in tests, do not share counters', () => {
  expect(() => [createMetrics('server'), createMetrics('engine')]).not.toThrow();
});

test('what was counted before somebody asked is on the page, and what is counted afterwards too', async () => {
  const metrics = lazyMetrics('engine');
  const tally = metrics.tally('apployd_found_total', 'What was found.', 'finding');
  tally.add('early');
  expect((await metrics.page()).body).toContain('apployd_found_total{finding="early",process="engine"} 1');
  tally.add('early');
  tally.add('late');
  const { body } = await metrics.page();
  expect(body).toContain('apployd_found_total{finding="early",process="engine"} 2');
  expect(body).toContain('apployd_found_total{finding="late",process="engine"} 1');
});
