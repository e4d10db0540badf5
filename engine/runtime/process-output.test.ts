import { appendFile, mkdtemp, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { deadlineIn } from '@apployd/core/deadline';
import { readLastOutput } from './process-last-output.js';
import { capOutput, openOutput, readOutput } from './process-output.js';
import type { OutputLine, PrintedLine } from './runtime.js';

async function anOutput() {
  const folder = await mkdtemp(join(tmpdir(), 'apployd-output-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const output = await openOutput(folder);
  await output.close();
  return { folder, print: (text: string) => appendFile(join(folder, 'stdout.log'), text) };
}

const signal = () => deadlineIn(20_000);

/** What is there by now, from behind a cursor. */
async function readAll(folder: string, after: string | null): Promise<OutputLine[]> {
  const lines = [];
  for await (const line of readOutput(folder, after, async () => true, signal())) lines.push(line);
  return lines;
}

const messages = (lines: readonly PrintedLine[]) => lines.map(({ message }) => message);

test('a reader goes on through a cut without loss or repeats, and so does the next one from its cursor', async () => {
  const { folder, print } = await anOutput();
  const lines = readOutput(folder, null, async () => false, signal());
  const next = async () => (await lines.next()).value as OutputLine;
  await print('one\ntwo\n');
  expect(messages([await next(), await next()])).toEqual(['one', 'two']);
  await capOutput(folder, 4);
  expect(await readFile(join(folder, 'stdout.log'), 'utf8')).toBe('');
  await print('three\nfour\n');
  const three = await next();
  expect(messages([three, await next()])).toEqual(['three', 'four']);
  await lines.return(undefined);
  expect(messages(await readAll(folder, three.cursor))).toEqual(['four']);
  await print('five\n');
  expect(messages(await readAll(folder, three.cursor))).toEqual(['four', 'five']);
});

test('a reader who comes too late is told how much was dropped', async () => {
  const { folder, print } = await anOutput();
  await print('one\ntwo\n');
  const [first] = await readAll(folder, null);
  await capOutput(folder, 4);
  await print('three\n');
  const lines = await readAll(folder, first?.cursor ?? null);
  expect(lines.map(({ source }) => source)).toEqual(['PLATFORM', 'STDOUT']);
  expect(messages(lines)).toEqual([expect.stringMatching(/^4 bytes of output were dropped/), 'three']);
});

test('a cut whose note was lost in a crash repeats nothing', async () => {
  const { folder, print } = await anOutput();
  await print('one\ntwo\n');
  const last = (await readAll(folder, null)).at(-1);
  await capOutput(folder, 4);
  await rm(join(folder, 'stdout.log.base'));
  await print('six\n');
  expect(messages(await readAll(folder, last?.cursor ?? null))).toEqual(['six']);
});

test('the last lines are read from the end, whole, and of the stream that spoke last at last', async () => {
  const { folder, print } = await anOutput();
  const last = async (count: number) => messages(await readLastOutput(folder, count, signal()));
  expect(await last(2)).toEqual([]);
  await print(`${'x'.repeat(2 ** 20)} secret\n`);
  expect(await last(2)).toEqual([]);
  await appendFile(join(folder, 'stderr.log'), 'warning\n');
  await utimes(join(folder, 'stderr.log'), 1, 1);
  await print('one\ntwo\nthr');
  expect(await last(2)).toEqual(['two', 'thr']);
  expect(await last(9)).toEqual(['warning', 'one', 'two', 'thr']);
  expect(await readLastOutput(join(folder, 'none'), 9, signal())).toEqual([]);
});

test('output that is small is left alone', async () => {
  const { folder, print } = await anOutput();
  await print('one\n');
  await capOutput(folder, 4);
  expect(messages(await readAll(folder, null))).toEqual(['one']);
});

test('the last line needs no end once nothing more can come', async () => {
  const { folder, print } = await anOutput();
  await print('one\ntw');
  expect(messages(await readAll(folder, null))).toEqual(['one', 'tw']);
});
