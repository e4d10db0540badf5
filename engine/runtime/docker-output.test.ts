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

/** A Docker whose connection breaks as told: each reading gives its bytes and then, perhaps, an error. */
function aDocker(readings: readonly { running: boolean; bytes: Buffer; error?: Error }[]): {
  docker: Docker;
  asked: string[];
} {
  const asked: string[] = [];
  let reading = -1;
  const container = {
    inspect: async () => {
      reading += 1;
      return { State: { Running: readings[reading]?.running ?? false } };
    },
    logs: async ({ since }: { since: string }) => {
      asked.push(since);
      const { bytes = Buffer.alloc(0), error } = readings[reading] ?? {};
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

async function read(docker: Docker): Promise<OutputLine[]> {
  const lines = [];
  for await (const line of readContainerOutput(docker, 'x', null, deadlineIn(20_000))) lines.push(line);
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

test('a stream that is not in frames is refused instead of being held in memory', async () => {
  const reading = readFrames(Readable.from([Buffer.alloc(64, 0xff)])).next();
  await expect(reading).rejects.toThrow('no log of a container');
});
