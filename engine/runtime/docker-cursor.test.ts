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

async function read(
  cursor: string | null,
  kept: readonly DockerEntry[] = log,
): Promise<{ text: string; cursor: string }[]> {
  const position = parseCursor(cursor);
  const lines = [];
  const entries = (async function* () {
    yield* kept.filter(({ stamp: at }) => Date.parse(at) / 1000 >= Number(sinceOf(position)));
  })();
  for await (const entry of passOver(position, entries)) {
    if (entry.source !== 'PLATFORM') position[entry.source] = entry.mark;
    lines.push({ text: entry.text, cursor: writeCursor(position) });
  }
  return lines;
}

test('reading on behind any line loses and repeats nothing, also among lines of one time', async () => {
  const all = await read(null);
  expect(all.map(({ text }) => text).join('')).toBe('abcdef');
  for (const [index, { cursor }] of all.entries()) {
    expect((await read(cursor)).map(({ text }) => text).join('')).toBe('abcdef'.slice(index + 1));
  }
});

test('where nothing of what was read is kept any more, lines may be missing, and one says so', async () => {
  const all = await read(null);
  /** What is kept of the log, read from behind one of its lines. */
  const behind = async (index: number, kept: readonly DockerEntry[]) =>
    (await read(all[index]?.cursor ?? null, kept)).map(({ text }) =>
      text.startsWith('Lines are missing') ? '!' : text,
    );
  expect(await behind(1, log.slice(4))).toEqual(['!', 'e', 'f']);
  expect(await behind(3, log.slice(4))).toEqual(['!', 'e', 'f']);
  // One stream's last line is gone, the other's is there: what follows it is, too.
  expect(await behind(4, log.slice(4))).toEqual(['f']);
  expect(await behind(5, log.slice(5))).toEqual([]);
  expect((await read(null, log.slice(4))).map(({ text }) => text)).toEqual(['e', 'f']);
});

test('a hole is told again until what follows it was read', async () => {
  const [, second] = await read(null);
  const [hole, next] = await read(second?.cursor ?? null, log.slice(4));
  expect(hole?.cursor).toBe(second?.cursor);
  expect((await read(next?.cursor ?? null, log.slice(4))).map(({ text }) => text)).toEqual(['f']);
});

test('Docker is asked from the last line on with all nine digits, and a little earlier for a stream that lags behind', () => {
  const mark = (fraction: string) => `${stamp(fraction)}/1`;
  expect(sinceOf(parseCursor(null))).toBe('0');
  expect(sinceOf(parseCursor(`${mark('123456789')},${mark('123456790')}`))).toBe('1795449432.123456789');
  expect(sinceOf(parseCursor(`${mark('5')},/0`))).toBe('1795449430.500');
});

test('Docker is asked from where a line began that has not ended yet, however long ago', () => {
  const [early, late] = ['2026-11-23T15:57:02.123456789Z', `${stamp('5')}/1`];
  const cursor = `/0,${late},${early}`;
  expect(writeCursor(parseCursor(cursor))).toBe(cursor);
  expect(sinceOf(parseCursor(cursor))).toBe('1795449422.123456789');
  expect(sinceOf(parseCursor(`/0,${late},${stamp('4')}`))).toBe('1795449430.500');
});

test('a cursor that is not ours reads from the start', () => {
  expect(sinceOf(parseCursor('nonsense'))).toBe('0');
});
