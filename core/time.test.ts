import { expect, test } from 'vitest';
import { backoffMs } from './backoff.js';
import { systemClock } from './clock.js';
import { describeBytes, describeResource, GiB, MiB } from './resources.js';

test('pauses double up to a bound, at least half of them certain', () => {
  const most = [1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, 100, 1_000, () => 1));
  const least = [1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, 100, 1_000, () => 0));
  expect(most).toEqual([100, 200, 400, 800, 1_000]);
  expect(least).toEqual([50, 100, 200, 400, 500]);
});

test('a sleep ends with the reason of its signal', async () => {
  const stop = new AbortController();
  const asleep = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error('enough'));
  await expect(asleep).rejects.toThrow('enough');
  await expect(systemClock.sleep(60_000, stop.signal)).rejects.toThrow('enough');
});

test('amounts are written as people read them', () => {
  expect(describeBytes(0)).toBe('0 bytes');
  expect(describeBytes(1536)).toBe('1.5 KiB');
  expect(describeResource('memoryBytes', 512 * MiB)).toBe('512 MiB');
  expect(describeResource('cpuMillicores', 1500)).toBe('1.5 cores');
  expect(describeResource('cpuMillicores', 1000)).toBe('1 core');
  expect(describeResource('bandwidthBytesPerMonth', 100 * GiB)).toBe('100 GiB a month');
});
