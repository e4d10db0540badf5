import { expect, test } from 'vitest';
import { attemptLimit } from './attempt-limit.js';

test('lets a burst pass, then one for each interval', () => {
  let now = 0;
  const limit = attemptLimit({ burst: 3, refillMs: 1_000, now: () => now });
  const take = (key: string) => {
    try {
      limit.take(key);
      return 'taken';
    } catch (error) {
      return (error as { extensions: { retryAfterMs: number } }).extensions.retryAfterMs;
    }
  };
  expect([take('a'), take('a'), take('a'), take('a')]).toEqual(['taken', 'taken', 'taken', 1_000]);
  expect(take('b')).toBe('taken');
  now = 400;
  expect(take('a')).toBe(600);
  now = 1_000;
  expect([take('a'), take('a')]).toEqual(['taken', 1_000]);
});

test('remembers a bounded number of keys, the last used ones', () => {
  const limit = attemptLimit({ burst: 1, refillMs: 1e9, mostKeys: 2, now: () => 0 });
  limit.take('old');
  limit.take('new');
  limit.take('newest');
  expect(() => limit.take('newest')).toThrow(/Too many attempts/);
  expect(() => limit.take('old')).not.toThrow();
});
