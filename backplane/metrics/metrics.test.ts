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

test('what is looked at is read each time the page is asked for, and is not on it while there is nothing, or it cannot be read', async () => {
  const metrics = lazyMetrics('engine');
  const readings = [
    async () => ({ of: 'one', value: 7 }),
    async () => ({ of: 'two', value: -1 }),
    async () => null,
    () => Promise.reject(new Error('away')),
  ];
  const read = () => readings.shift()!();
  metrics.gauge({ name: 'apployd_left_seconds', help: 'What is left.', label: 'which', read });
  const lines = async () => (await metrics.page()).body.split('\n').filter((line) => line.startsWith('apployd_left'));
  expect(await lines()).toEqual(['apployd_left_seconds{which="one",process="engine"} 7']);
  expect(await lines()).toEqual(['apployd_left_seconds{which="two",process="engine"} -1']);
  expect(await lines()).toEqual([]);
  expect(await lines()).toEqual([]);
});
