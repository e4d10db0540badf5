import { createLogger } from '@apployd/backplane/log/logger';
import { expect, test } from 'vitest';
import { relayLines } from './relay-lines.js';

test('what Nginx says is passed on, but for what is too much for one second, of which the number is told', () => {
  const entries: { msg: string; nginx?: string; leftOut?: number }[] = [];
  const write = (line: string) => void entries.push(JSON.parse(line) as (typeof entries)[number]);
  const log = createLogger({ name: 'edge', level: 'info', format: 'json', write });
  let now = 5_000;
  const relay = relayLines(log, () => now);
  for (let i = 0; i < 1_000; i += 1) relay(`line ${i}`);
  now += 1_000;
  relay('the next second');
  expect(entries.map(({ nginx, leftOut }) => nginx ?? leftOut)).toEqual([
    ...Array.from({ length: 10 }, (_, i) => `line ${i}`),
    990,
    'the next second',
  ]);
});
