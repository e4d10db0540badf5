import { expect, test } from 'vitest';
import { createMetrics } from './metrics.js';

test("the page has this process's own figures, labelled with its name", async () => {
  const { contentType, body } = await createMetrics('engine').page();
  expect(contentType).toMatch(/^text\/plain/);
  expect(body).toMatch(/process_resident_memory_bytes\{process="engine"\} \d/);
});

test('two processes in one, as in tests, do not share counters', () => {
  expect(() => [createMetrics('server'), createMetrics('engine')]).not.toThrow();
});
