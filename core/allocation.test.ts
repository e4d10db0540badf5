import { expect, test } from 'vitest';
import { largestSlice } from './allocation.js';

test('half of an odd pool is rounded down, so that two halves never exceed it', () => {
  expect(largestSlice({ memoryBytes: 3, cpuMillicores: 1, bandwidthBytesPerMonth: 7 })).toEqual({
    memoryBytes: 1,
    cpuMillicores: 0,
    bandwidthBytesPerMonth: 3,
  });
});
