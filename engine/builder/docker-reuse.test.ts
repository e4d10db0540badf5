import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { held } from './docker-reuse.js';

const MiB = 1024 * 1024;
const chunks = (count: number) => Array.from({ length: count }, (_, i) => Buffer.alloc(MiB, i));

test.each([
  [0, true],
  [8, true],
  [9, false],
  [20, false],
])('of a context of %i MiB as a whole is known: %s; all of it is sent', async (count, isWhole) => {
  const { whole, stream } = await held(Readable.from(chunks(count)));
  expect(whole === null ? null : whole.equals(Buffer.concat(chunks(count)))).toBe(isWhole ? true : null);
  expect((await buffer(stream)).equals(Buffer.concat(chunks(count)))).toBe(true);
});

test('a context that nobody reads to its end is let go of', async () => {
  const context = Readable.from(chunks(20));
  const { stream } = await held(context);
  for await (const _ of stream) break;
  await expect.poll(() => context.destroyed).toBe(true);
});

test('a context that breaks is an error', async () => {
  const broken = Readable.from(
    (function* () {
      yield Buffer.alloc(MiB);
      throw new Error('gone');
    })(),
  );
  await expect(held(broken)).rejects.toThrow('gone');
});
