import type Docker from 'dockerode';
import { deadlineIn } from '@apployd/core/deadline';
import { expect, test } from 'vitest';
import { readLastOutput } from './docker-last-output.js';

type Entry = readonly ['out' | 'err', string];

const unknown = '[the beginning of this line was not read]';
const many = (count: number, text: string): Entry[] => Array.from({ length: count }, () => ['out', text] as const);

function frame([source, text]: Entry): Buffer {
  const payload = Buffer.from(`2026-11-23T15:57:01.000000000Z ${text}`);
  const header = Buffer.alloc(8);
  header[0] = source === 'out' ? 1 : 2;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** The last lines of a container's log, and how many entries were asked for each time. */
async function last(count: number, log: readonly Entry[]): Promise<{ lines: string[]; asked: number[] }> {
  const asked: number[] = [];
  const logs = async ({ tail, follow }: { tail: number; follow: boolean }) => {
    expect(follow).toBe(false);
    asked.push(tail);
    return Buffer.concat(log.slice(-tail).map(frame));
  };
  const docker = { getContainer: () => ({ logs }) } as unknown as Docker;
  const lines = await readLastOutput(docker, 'x', count, deadlineIn(20_000));
  return { lines: lines.map(({ message }) => message), asked };
}

test('of a log that is short all is read, and a line in parts comes as one', async () => {
  const log: Entry[] = [
    ['out', 'one\n'],
    ['err', 'two '],
    ['out', 'three\n'],
    ['err', 'parts\n'],
    ['out', 'no end'],
  ];
  expect(await last(20, log)).toEqual({ lines: ['one', 'three', 'two parts', 'no end'], asked: [21] });
  expect((await last(1, log)).lines).toEqual(['no end']);
});

test('a stream that said only one thing, after much of the other, is heard', async () => {
  const log: Entry[] = [...many(500, 'fine\n'), ['err', 'fatal\n']];
  const { lines, asked } = await last(500, log);
  expect(lines).toHaveLength(500);
  expect(lines.slice(-2)).toEqual(['fine', 'fatal']);
  expect(asked).toEqual([501, 1_002]);
  expect((await last(500, many(700, 'fine\n'))).asked).toEqual([501]);
});

test('where the beginning of a line is not found nothing of it is shown, and its place says so', async () => {
  const secret: Entry[] = [['err', 'half a '], ...many(5_000, 'fine\n'), ['err', 'secret\n'], ['err', 'whole\n']];
  const { lines, asked } = await last(500, secret);
  expect(lines.slice(-3)).toEqual(['fine', unknown, 'whole']);
  expect(asked).toEqual([501, 1_002, 2_004, 4_008]);
  const withoutEnd: Entry[] = [['err', 'half a '], ...many(5_000, 'fine\n'), ['err', 'secret']];
  expect((await last(500, withoutEnd)).lines.at(-1)).toBe(unknown);
  const near: Entry[] = [['err', 'half a '], ...many(700, 'fine\n'), ['err', 'secret\n']];
  expect((await last(500, near)).lines.at(-1)).toBe('half a secret');
});
