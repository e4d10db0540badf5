import { appendFile, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trafficLog } from './traffic-log.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apployd-log-'));
  file = path.join(folder, 'traffic.log');
});
afterEach(() => rm(folder, { recursive: true }));

function aLog(largeBytes = 1_000_000) {
  let reopened = 0;
  const log = trafficLog({
    ...{ file, largeBytes, settledMs: 0 },
    uid: async () => null,
    reopen: async () => void (reopened += 1),
  });
  const read = async (after = {}) => {
    const lines: string[] = [];
    const mark = await log.read(after, (more) => void lines.push(...more));
    return { lines, mark };
  };
  return { prepare: log.prepare, read, reopened: () => reopened };
}

test('whoever reads on from a mark gets each whole line once, also another reader', async () => {
  const { prepare, read } = aLog();
  await prepare();
  await appendFile(file, 'one\ntwo\nthr');
  const first = await read();
  expect(first.lines).toEqual(['one', 'two']);
  await appendFile(file, 'ee\nfour\n');
  const second = await aLog().read(first.mark);
  expect(second.lines).toEqual(['three', 'four']);
  expect((await read(second.mark)).lines).toEqual([]);
});

test('a file longer than a part is read whole', async () => {
  const { prepare, read } = aLog(100_000_000);
  await prepare();
  const line = 'x'.repeat(99_999);
  await appendFile(file, `${line}\n`.repeat(35));
  expect((await read()).lines).toEqual(Array(35).fill(line));
});

test('a large file is put aside, is read to its end, and goes once all of it is before a mark', async () => {
  const { prepare, read, reopened } = aLog(8);
  await prepare();
  await appendFile(file, 'one\ntwo\n');
  const first = await read();
  expect(await readdir(folder)).toEqual(['traffic.log', 'traffic.log.former']);
  expect(reopened()).toBe(1);
  // A worker that has not heard yet, and one that has.
  await appendFile(`${file}.former`, 'three\n');
  await appendFile(file, 'four\n');
  const second = await read(first.mark);
  expect([...first.lines, ...second.lines]).toEqual(['one', 'two', 'three', 'four']);
  expect(await readdir(folder)).toHaveLength(2);
  const third = await read(second.mark);
  expect(third.lines).toEqual([]);
  expect(await readdir(folder)).toEqual(['traffic.log']);
  expect(reopened()).toBe(1);
});

test('a file put aside by a reader that was killed then stays until the workers were told by the next', async () => {
  const { prepare, read } = aLog(8);
  await prepare();
  await appendFile(file, 'one\ntwo\n');
  const { mark } = await read();
  const next = aLog(8);
  await utimes(`${file}.former`, 0, 0);
  await next.read(mark);
  expect(next.reopened()).toBe(1);
});
