import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { deadlineIn } from '@apployd/core/deadline';
import { readFrames } from './docker-frames.js';
import { readContainerOutput } from './docker-output.js';
import type { OutputLine } from './runtime.js';

const stamp = (second: number) => `2026-11-23T15:57:${String(second).padStart(2, '0')}.000000000Z`;

function frame(type: 1 | 2, second: number, text: string): Buffer {
  const payload = Buffer.from(`${stamp(second)} ${text}`);
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

type Reading = { readonly running: boolean; readonly bytes: Buffer | null; readonly error?: Error };

/** Docker's word for a container that is not there. */
const gone = Object.assign(new Error('no such container'), { statusCode: 404 });

/**
 * A Docker whose connection breaks as told: each reading gives its bytes and then, perhaps, an error. Without bytes the
 * container is removed before they are asked for.
 */
function aDocker(readings: readonly (Reading | 'removed')[]): {
  docker: Docker;
  asked: string[];
} {
  const asked: string[] = [];
  let reading = -1;
  const container = {
    inspect: async () => {
      reading += 1;
      const now = readings[reading];
      if (now === 'removed') throw gone;
      return { State: { Running: now?.running ?? false } };
    },
    logs: async ({ since }: { since: string }) => {
      asked.push(since);
      const now = readings[reading];
      if (!now || now === 'removed' || !now.bytes) throw gone;
      const { bytes, error } = now;
      return Readable.from(
        (function* () {
          for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
          if (error) throw error;
        })(),
      );
    },
  };
  return { docker: { getContainer: () => container } as unknown as Docker, asked };
}

async function read(docker: Docker, after: string | null = null): Promise<OutputLine[]> {
  const lines = [];
  for await (const line of readContainerOutput(docker, 'x', after, deadlineIn(20_000))) lines.push(line);
  return lines;
}

test('a connection that breaks is taken up again where it was, without loss or repeats', async () => {
  const a = frame(1, 1, 'a\n');
  const b = frame(2, 1, 'b\n');
  const c = frame(1, 2, 'c\n');
  const { docker, asked } = aDocker([
    { running: true, bytes: Buffer.concat([a, b.subarray(0, 12)]), error: new Error('socket hang up') },
    { running: true, bytes: Buffer.concat([a, b]) },
    { running: false, bytes: Buffer.concat([a, b, c]) },
  ]);
  const lines = await read(docker);
  expect(lines.map(({ source, message }) => `${source} ${message}`)).toEqual(['STDOUT a', 'STDERR b', 'STDOUT c']);
  expect(lines.map(({ at }) => at.toISOString())).toEqual(
    [1, 1, 2].map((second) => new Date(stamp(second)).toISOString()),
  );
  expect(asked).toHaveLength(3);
});

test('a line that Docker has cut into entries comes as one, also when the other stream speaks in between', async () => {
  const bytes = Buffer.concat([
    frame(1, 1, 'one '),
    frame(2, 1, 'error\n'),
    frame(1, 1, 'line\r\n'),
    frame(1, 2, 'without end'),
  ]);
  const { docker } = aDocker([{ running: false, bytes }]);
  expect((await read(docker)).map(({ message }) => message)).toEqual(['error', 'one line', 'without end']);
});

test('a line that is broken off with its connection is read again from its beginning, also by whoever comes next', async () => {
  const beginning = frame(1, 1, 'a sec');
  const other = frame(2, 9, 'other\n');
  const ending = frame(1, 10, 'ret\n');
  const all = Buffer.concat([beginning, other, ending]);
  const first = aDocker([
    { running: true, bytes: Buffer.concat([beginning, other]), error: new Error('socket hang up') },
    { running: true, bytes: Buffer.concat([beginning, other]) },
    { running: false, bytes: all },
  ]);
  const lines = await read(first.docker);
  expect(lines.map(({ message }) => message)).toEqual(['other', 'a secret']);
  expect(Number(first.asked[1])).toBeLessThanOrEqual(Date.parse(stamp(1)) / 1000);
  const next = aDocker([{ running: false, bytes: all }]);
  expect((await read(next.docker, lines[0]?.cursor)).map(({ message }) => message)).toEqual(['a secret']);
  expect(Number(next.asked[0])).toBeLessThanOrEqual(Date.parse(stamp(1)) / 1000);
});

test('each line without an end has a place of its own', async () => {
  const bytes = Buffer.concat([frame(1, 1, 'one\n'), frame(1, 2, 'out'), frame(2, 2, 'err')]);
  const lines = await read(aDocker([{ running: false, bytes }]).docker);
  expect(new Set(lines.map(({ cursor }) => cursor)).size).toBe(3);
  const rest = await read(aDocker([{ running: false, bytes }]).docker, lines[1]?.cursor);
  expect(rest.map(({ message }) => message)).toEqual(['err']);
});

test('a container that is removed before all was read ends with a line that says so', async () => {
  const bytes = frame(1, 1, 'one\n');
  const broken = { running: false, bytes, error: new Error('socket hang up') };
  for (const reading of [{ running: true, bytes }, broken]) {
    const lines = await read(aDocker([reading, 'removed']).docker);
    expect(lines).toMatchObject([{ message: 'one' }, { source: 'PLATFORM', cursor: lines[0]?.cursor }]);
    expect(lines[1]?.message).toMatch(/removed before all that it printed was read/);
  }
  const neverOpened = aDocker([{ running: false, bytes: null }, 'removed']);
  expect(await read(neverOpened.docker)).toMatchObject([{ source: 'PLATFORM' }]);
});

test('one of which all was read, or that was gone before, ends without a word', async () => {
  const bytes = frame(1, 1, 'one\n');
  expect(await read(aDocker([{ running: false, bytes }, 'removed']).docker)).toHaveLength(1);
  expect(await read(aDocker(['removed']).docker)).toEqual([]);
});

test('a stream that is not in frames is refused instead of being held in memory', async () => {
  const reading = readFrames(Readable.from([Buffer.alloc(64, 0xff)])).next();
  await expect(reading).rejects.toThrow('no log of a container');
});
