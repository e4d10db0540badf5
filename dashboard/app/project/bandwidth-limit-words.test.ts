import { expect, test } from 'vitest';
import { bandwidthLimitWords, ruleOf } from './bandwidth-limit-words.js';

const until = '2026-12-01T00:00:00.000Z';

test('a project that is held to its plan says how, why and until when', () => {
  const stopped = bandwidthLimitWords({ rule: 'STOP', reason: 'SLICE', bytesPerSecond: null, until });
  expect(stopped.title).toBe('This project is stopped: its bandwidth is used.');
  expect(stopped.text).toContain('the bandwidth of its slice');
  expect(stopped.text).toContain('ends on 2026-12-01 in UTC');
  const slow = bandwidthLimitWords({ rule: 'THROTTLE', reason: 'POOL', bytesPerSecond: 262_144, until });
  expect(slow.title).toContain('slowed down');
  expect(slow.text).toMatch(/256\sKB a second, all together/);
});

test('a plan says what becomes of who has used their bandwidth', () => {
  expect(ruleOf({ bandwidthRule: 'STOP', throttleBytesPerSecond: 1 })).toBe('Sites stop');
  expect(ruleOf({ bandwidthRule: 'THROTTLE', throttleBytesPerSecond: 2 ** 20 })).toMatch(/^Slowed down to 1\sMB\/s$/);
});
