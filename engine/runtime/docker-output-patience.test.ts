import { systemClock } from '@apployd/core/clock';
import { expect, test } from 'vitest';
import { followers } from './docker-followers.js';
import { patientFollowers } from './docker-output-patience.js';

/** Reads so many lines, one after each pause. */
async function read(lines: AsyncIterable<number>, pauseMs: number): Promise<number> {
  let count = 0;
  for await (const _ of lines) {
    count += 1;
    await systemClock.sleep(pauseMs);
  }
  return count;
}

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i += 1) yield i;
}

test('readers who get further are waited for until they have it all', async () => {
  const readers = patientFollowers(followers());
  let hasAll = false;
  const reading = read(readers.track('x', numbers(40)), 20).then(() => (hasAll = true));
  await readers.settled(['x', 'y'], 200);
  expect(hasAll).toBe(true);
  await reading;
});

test('one who gets no further is not waited for, nor one who never comes to an end', async () => {
  const readers = patientFollowers(followers(), 300);
  const stuck = readers.track('stuck', numbers(2))[Symbol.asyncIterator]();
  await stuck.next();
  await readers.settled(['stuck'], 20);
  const endless = readers.track('endless', numbers(Infinity));
  let isOver = false;
  const reading = (async () => {
    for await (const _ of endless) {
      if (isOver) return;
      await systemClock.sleep(5);
    }
  })();
  await readers.settled(['endless'], 100);
  isOver = true;
  await reading;
  await readers.settled(['nobody'], 10_000);
});
