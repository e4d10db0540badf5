import { expect, test } from 'vitest';
import { atMost, medianAndP95 } from './metric.js';

test('a figure beside a reference has one shape, and is met within so many times the reference', () => {
  expect(medianAndP95('deploy', 'ms', [100, 120, 500], [100, 100, 100], 'by hand', 1.2)).toEqual([
    {
      metric: 'deploy',
      unit: 'ms',
      ours: 120,
      reference: 100,
      referenceName: 'by hand',
      ratio: 1.2,
      goal: '<= 1.2 of by hand',
      met: true,
      n: 3,
      note: 'too few turns for a p95: it takes 20',
    },
  ]);
  expect(medianAndP95('deploy', 'ms', [121], [100], 'by hand', 1.2)).toMatchObject([{ met: false }]);
});

test('a figure of its own has the same shape without a reference', () => {
  const [beside] = medianAndP95('deploy', 'ms', [1], [1], 'by hand', 1);
  const alone = atMost('failed', 'count', [0], 0);
  expect(Object.keys(alone)).toEqual(Object.keys(beside!));
  expect(alone).toMatchObject({ reference: null, referenceName: null, ratio: null, met: true });
});

test('a 95th percentile is told only of twenty turns and more, and else it is said why not', () => {
  const turns = Array.from({ length: 20 }, (_, index) => index + 1);
  expect(medianAndP95('deploy', 'ms', turns, turns, 'by hand', 1)).toMatchObject([
    { metric: 'deploy', ours: 10.5, n: 20, note: null },
    { metric: 'deploy, p95', ours: 19.1, n: 20 },
  ]);
  expect(medianAndP95('deploy', 'ms', turns.slice(1), turns, 'by hand', 1)).toMatchObject([
    { metric: 'deploy', note: expect.stringContaining('too few turns') },
  ]);
});
