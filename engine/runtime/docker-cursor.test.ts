import { expect, test } from 'vitest';
import { parseCursor, passOver, sinceOf, writeCursor } from './docker-cursor.js';
import type { DockerEntry } from './docker-frames.js';

const stamp = (fraction: string) => `2026-11-23T15:57:12.${fraction.padEnd(9, '0')}Z`;
const entry = (source: 'STDOUT' | 'STDERR', fraction: string, text: string): DockerEntry => ({
  source,
  stamp: stamp(fraction),
  text,
});

/** Streams are stamped apart: in the file a later line may stand before an earlier one of the other stream. */
const log = [
  entry('STDOUT', '1', 'a'),
  entry('STDOUT', '1', 'b'),
  entry('STDERR', '1', 'c'),
  entry('STDERR', '3', 'd'),
  entry('STDOUT', '2', 'e'),
  entry('STDOUT', '3', 'f'),
];

async function read(cursor: string | null): Promise<{ text: string; cursor: string }[]> {
  const position = parseCursor(cursor);
  const lines = [];
  const entries = (async function* () {
    yield* log.filter(({ stamp: at }) => Date.parse(at) / 1000 >= Number(sinceOf(position)));
  })();
  for await (const { text } of passOver(position, entries)) lines.push({ text, cursor: writeCursor(position) });
  return lines;
}

test('reading on behind any line loses and repeats nothing, also among lines of one time', async () => {
  const all = await read(null);
  expect(all.map(({ text }) => text).join('')).toBe('abcdef');
  for (const [index, { cursor }] of all.entries()) {
    expect((await read(cursor)).map(({ text }) => text).join('')).toBe('abcdef'.slice(index + 1));
  }
});

test('Docker is asked from the last line on with all nine digits, and a little earlier for a stream that lags behind', () => {
  const mark = (fraction: string) => `${stamp(fraction)}/1`;
  expect(sinceOf(parseCursor(null))).toBe('0');
  expect(sinceOf(parseCursor(`${mark('123456789')},${mark('123456790')}`))).toBe('1795449432.123456789');
  expect(sinceOf(parseCursor(`${mark('5')},/0`))).toBe('1795449430.500');
});

test('a cursor that is not ours reads from the start', () => {
  expect(sinceOf(parseCursor('nonsense'))).toBe('0');
});
