import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { secretProblem } from './secret-problem.js';

test.each([
  'changemechangemechangemechangeme12',
  'please-change-me-before-you-go-live-1',
  'this is my very secret platform key 42',
  'CorrectHorseBatteryStapleTwiceOver7!',
  'x'.repeat(64),
  'abababababababababababababababababab',
  '0123456789abcdef0123456789abcdef',
  'f3a9c07be1f3a9c07be1f3a9c07be1f3a9c07be1',
  'abcdefghijklmnopqrstuvwxyz0123456789',
  '987654321zyxwvutsrqponmlkjihgfedcba0',
])('%s is no secret', (secret) => {
  expect(secretProblem(secret)).not.toBeNull();
});

test('what is random is taken, however it is written', () => {
  for (let i = 0; i < 2_000; i += 1) {
    for (const format of ['hex', 'base64', 'base64url'] as const) {
      expect(secretProblem(randomBytes(24).toString(format))).toBeNull();
    }
  }
});
