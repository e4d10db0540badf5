import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { deadlineIn } from '@apployd/core/deadline';
import { capOutput, openOutput, readOutput } from './process-output.js';
import type { OutputLine } from './runtime.js';

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

const messages = (lines: readonly OutputLine[]) => lines.map(({ message }) => message);

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
