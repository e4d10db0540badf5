import { expect, test } from 'vitest';
import { isSecretUnsaid } from './is-secret-unsaid.js';

test('a variable stays what it is, a new one is secret but for keys that everybody may read', () => {
  const known = [
    { key: 'GREETING', isSecret: true },
    { key: 'API_KEY', isSecret: false },
  ];
  const guesses = ['GREETING', ' GREETING ', 'API_KEY', 'NODE_ENV', 'VITE_API', 'REDIS_URL', 'STRIPE_KEY', ''];
  expect(guesses.map((key) => [key, isSecretUnsaid(key, known)])).toEqual([
    ['GREETING', true],
    [' GREETING ', true],
    ['API_KEY', false],
    ['NODE_ENV', false],
    ['VITE_API', false],
    ['REDIS_URL', true],
    ['STRIPE_KEY', true],
    ['', true],
  ]);
});
