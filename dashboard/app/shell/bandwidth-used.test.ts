import { expect, test } from 'vitest';
import { bandwidthUsed } from './bandwidth-used.js';

test('who has used less than 80 % of the bandwidth hears nothing of it', () => {
  const words = (bytesOut: number, bandwidthBytes: number | null = 1_000) =>
    bandwidthUsed({ bytesOut, bandwidthBytes });
  expect([words(0), words(799), words(5, null), words(0, 0)]).toEqual([null, null, null, null]);
  expect(words(809)).toMatch(/^80 % /);
  expect(words(999)).toMatch(/^99 % /);
  expect([words(1_000), words(5_000), words(1, 0)]).toEqual(Array(3).fill("All of this month's bandwidth is used."));
});
