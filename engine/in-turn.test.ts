import { expect, test } from 'vitest';
import { deferred } from '@apployd/backplane/testing/deferred';
import { inTurn } from './in-turn.js';

test('work of a key waits for the one before it, even one that fails, and work of another key does not', async () => {
  const oneByOne = inTurn();
  const gate = deferred<void>();
  const done: string[] = [];
  const first = oneByOne('a', () => gate.promise);
  const second = oneByOne('a', async () => void done.push('second'));
  await oneByOne('b', async () => void done.push('other'));
  expect(done).toEqual(['other']);
  gate.reject(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  await second;
  expect(done).toEqual(['other', 'second']);
});
