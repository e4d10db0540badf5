import { appendFile, copyFile, mkdtemp, readdir, rename, rm, stat, truncate, utimes } from 'node:fs/promises';
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

function aLog(largeBytes = 1_000_000, isThere = () => true) {
  let reopened = 0;
  const log = trafficLog({
    ...{ file, largeBytes, settledMs: 0 },
    uid: async () => null,
    reopen: async () => {
      if (isThere()) reopened += 1;
      return isThere();
    },
  });
  const read = async (after = {}, kept = after) => {
    await log.tidy(kept);
    const lines: string[] = [];
    const mark = await log.read(after, (more) => void lines.push(...more));
    return { lines, mark };
  };
  return { prepare: log.prepare, read, reopened: () => reopened };
}

/** Larger than the first line of a file, and smaller than with another. */
const large = 45;

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
  const { prepare, read, reopened } = aLog(large);
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
  const { prepare, read } = aLog(large);
  await prepare();
  await appendFile(file, 'one\ntwo\n');
  const { mark } = await read();
  const next = aLog(large);
  await utimes(`${file}.former`, 0, 0);
  await next.read(mark);
  expect(next.reopened()).toBe(1);
});

test('a file that was put aside stays while the marks before which it is are on no disk', async () => {
  const { prepare, read } = aLog(large);
  await prepare();
  await appendFile(file, 'one\ntwo\n');
  const { mark } = await read();
  await read(mark, {});
  expect(await readdir(folder)).toContain('traffic.log.former');
  await read(mark);
  expect(await readdir(folder)).toEqual(['traffic.log']);
});

test('a file that was put aside stays until somebody was told, however often that fails', async () => {
  let isThere = false;
  const { prepare, read, reopened } = aLog(large, () => isThere);
  await prepare();
  await appendFile(file, 'one\ntwo\n');
  const { mark } = await read();
  await read(mark);
  expect(await readdir(folder)).toContain('traffic.log.former');
  isThere = true;
  await read(mark);
  expect([await readdir(folder), reopened()]).toEqual([['traffic.log'], 1]);
});

test('a file that ends in half a line goes too', async () => {
  const { prepare, read } = aLog(large);
  await prepare();
  await appendFile(file, 'one\ntwo\nthr');
  const { mark } = await read();
  await read(mark);
  expect(await readdir(folder)).toEqual(['traffic.log']);
});

test('a file that is shorter than its mark is read on from its end, and goes when it was put aside', async () => {
  const { prepare, read } = aLog(100);
  await prepare();
  await appendFile(file, 'one\ntwo\n');
  const { mark } = await read();
  await truncate(file, (await stat(file)).size - 4);
  const second = await read(mark);
  await appendFile(file, 'four\n');
  const third = await read(second.mark);
  expect([second.lines, third.lines]).toEqual([[], ['four']]);
  await appendFile(file, `${'x'.repeat(100)}\n`);
  const { mark: last } = await read(third.mark);
  await truncate(`${file}.former`, 60);
  await read(last);
  expect(await readdir(folder)).toEqual(['traffic.log']);
});

test('a copy of a file is known for what it is', async () => {
  const { prepare, read } = aLog();
  await prepare();
  await appendFile(file, 'one\n');
  const { mark } = await read();
  await copyFile(file, `${file}.copy`);
  await rm(file);
  await rename(`${file}.copy`, file);
  await appendFile(file, 'two\n');
  expect((await aLog().read(mark)).lines).toEqual(['two']);
});

test('a file that somebody has removed is there again, and the workers are told', async () => {
  const { prepare, read, reopened } = aLog();
  await prepare();
  const { mark } = await read();
  const before = reopened();
  await rm(file);
  await read(mark);
  await appendFile(file, 'one\n');
  expect([(await read(mark)).lines, reopened() - before]).toEqual([['one'], 1]);
});

test('a file that Nginx made has no first line, and is read like any other', async () => {
  const { prepare, read } = aLog();
  await appendFile(file, 'one\n');
  await prepare();
  const { lines, mark } = await read();
  await appendFile(file, 'two\n');
  expect([lines, (await read(mark)).lines]).toEqual([['one'], ['two']]);
});
