import { expect, test } from 'vitest';
import { workOf } from './server-words.js';

test.each([
  [
    { instanceCount: 1, asleepCount: 0, deployingCount: 0, slotCount: 4 },
    '1 instance runs. 0 of at most 4 deployments under way.',
  ],
  [
    { instanceCount: 3, asleepCount: 2, deployingCount: 1, slotCount: 4 },
    '3 instances run, 2 in deep sleep. 1 of at most 4 deployments under way.',
  ],
])('what a server is at: %j', (server, words) => {
  expect(workOf(server)).toBe(words);
});
