import { randomUUID } from 'node:crypto';
import { buildLogOf, maxLineBytes, runtimeLogOf } from '@apployd/core/log-line';
import { expect, test, vi } from 'vitest';
import { deferred } from '../testing/deferred.js';
import { until } from '../testing/until.js';
import type { Logs } from './logs.js';
import { memoryLogs } from './memory.js';
import { logWriter, type LogWriterOptions } from './write-log.js';

const organizationId = randomUUID();
const deploymentId = randomUUID();
const clock = { now: () => new Date('2026-01-01T00:00:00Z'), sleep: async () => undefined };

function aWriter(options: Partial<LogWriterOptions> = {}, change: (logs: Logs) => Partial<Logs> = () => ({})) {
  const logs = memoryLogs();
  const stream = options.stream ?? buildLogOf(randomUUID());
  const onError = vi.fn();
  const writer = logWriter(
    { ...logs, ...change(logs) },
    { stream, organizationId, deploymentId, mask: [], clock, onError, ...options },
  );
  const messages = async () => (await logs.read(stream, { limit: 1_000 })).lines.map((line) => line.message);
  return { logs, stream, onError, writer, messages };
}

test('output in parts becomes lines where its line ends are', async () => {
  const { writer, messages } = aWriter();
  for (const part of ['one\ntw', 'o\r', '\nthree', '\n\nfour']) writer.write(part);
  expect(await writer.flush()).toBe(5n);
  expect(await messages()).toEqual(['one', 'two', 'three', '', 'four']);
});

test('of a line that was written over its last state is kept', async () => {
  const { writer, messages } = aWriter();
  writer.write('10 %\r50 %\r');
  writer.write('100 %\ndone\r\n');
  writer.write('0 %\r'.repeat(100_000));
  await writer.close();
  expect(await messages()).toEqual(['100 %', 'done', '0 %']);
});

test('a build writes BUILD, an instance STDOUT, and what the platform says is a line of its own', async () => {
  const build = aWriter();
  build.writer.write('half a ');
  build.writer.write('Healthy', 'PLATFORM');
  build.writer.write('line\n');
  await build.writer.flush();
  const { lines } = await build.logs.read(build.stream, { limit: 10 });
  expect(lines).toEqual([
    { sequence: 1, at: clock.now(), source: 'PLATFORM', message: 'Healthy', deploymentId, truncated: false },
    { sequence: 2, at: clock.now(), source: 'BUILD', message: 'half a line', deploymentId, truncated: false },
  ]);
  const instance = aWriter({ stream: runtimeLogOf(randomUUID()) });
  instance.writer.write('out\n');
  instance.writer.write('err\n', 'STDERR');
  await instance.writer.flush();
  expect((await instance.logs.read(instance.stream, { limit: 9 })).lines.map((line) => line.source)).toEqual([
    'STDOUT',
    'STDERR',
  ]);
});

test('secrets never reach the store, and NUL characters do not hide them', async () => {
  const { writer, messages } = aWriter({ mask: ['hunter22', 'hunter2222', 'abc'] });
  for (const part of ['password hun', 'ter22', '22 and hunter22 and h\0unt', 'er22 abc\n', 'hun']) writer.write(part);
  await writer.close();
  expect(await messages()).toEqual(['password [secret] and [secret] and [secret] abc', 'hun']);
});

test('a secret of several lines is masked also when its lines are stored one by one', async () => {
  const { writer, messages } = aWriter({ mask: ['one\ntwo\nthree'] });
  for (const line of ['one', 'two', 'three', 'four', 'one', 'x']) {
    writer.line(line);
    await writer.flush();
  }
  await writer.close();
  expect((await messages()).join('|')).toBe('[secret]||four|[secret]|x');
});

test('of a line that is cut in the middle of a secret nothing of the secret is stored', async () => {
  const { writer, messages } = aWriter({ mask: ['hunter22'] });
  for (let shown = 1; shown <= 8; shown += 1) {
    const text = `${'x'.repeat(maxLineBytes + 1 - shown)}hunter22`.slice(0, maxLineBytes + 1);
    writer.line(text);
  }
  writer.line('next');
  await writer.close();
  expect((await messages()).join('\n')).not.toMatch(/hunt/);
  expect((await messages()).at(-1)).toBe('next');
});

test('values that are told later are masked from then on', async () => {
  const { writer, messages } = aWriter({ mask: ['hunter22'] });
  writer.line('hunter22 letmein1');
  writer.mask(['hunter22', 'letmein1']);
  writer.line('hunter22 letmein1');
  await writer.close();
  expect(await messages()).toEqual(['[secret] letmein1', '[secret] [secret]']);
});

test('lines are stored by themselves, soon and in order', async () => {
  const { writer, messages } = aWriter();
  writer.write('first\n');
  await until(async () => (await messages()).length === 1);
  for (let i = 0; i < 900; i += 1) writer.write(`line ${i}\n`);
  await until(async () => (await messages()).length === 901);
  expect(await messages()).toEqual(['first', ...Array.from({ length: 900 }, (_, i) => `line ${i}`)]);
  await writer.close();
});

test('output that is faster than the store is dropped beyond 4 MiB, and its place says how many lines', async () => {
  const gate = deferred();
  const stored: string[] = [];
  const { writer } = aWriter({}, () => ({
    append: async (_stream, _organization, lines) => {
      await gate.promise;
      stored.push(...lines.map((line) => line.message));
      return BigInt(stored.length);
    },
  }));
  const line = `${'x'.repeat(1_000)}\n`;
  for (let i = 0; i < 10_000; i += 1) writer.write(line);
  gate.resolve();
  await writer.flush();
  writer.write('after\n');
  await writer.close();
  const kept = stored.filter((message) => message.startsWith('x')).length;
  expect(kept * 1_000).toBeLessThan(5 * 1024 * 1024);
  expect(kept).toBeGreaterThan(3_000);
  expect(stored.slice(kept)).toEqual([
    `${10_000 - kept} lines were lost here: they came faster than they could be stored.`,
    'after',
  ]);
});

test('an endless line without an end is cut and does not fill the memory', async () => {
  const { logs, stream, writer } = aWriter();
  for (let i = 0; i < 1_000; i += 1) writer.write('x'.repeat(10_000));
  writer.write('\nnext\n');
  await writer.close();
  const { lines } = await logs.read(stream, { limit: 10 });
  expect(lines.map((line) => [line.message.length, line.truncated])).toEqual([
    [maxLineBytes, true],
    [4, false],
  ]);
});

test('a store that fails for a moment is tried again, in order and without repeats', async () => {
  let calls = 0;
  const { writer, messages, onError } = aWriter({}, (logs) => ({
    append: async (...args) => {
      calls += 1;
      if (calls <= 2) throw new Error('away');
      return logs.append(...args);
    },
  }));
  writer.write('one\n');
  const flushed = writer.flush();
  writer.write('two\n');
  await flushed;
  await writer.close();
  expect(await messages()).toEqual(['one', 'two']);
  expect(onError).not.toHaveBeenCalled();
});

test('a store that goes on refusing is reported, flush rejects, and later lines say how many were lost', async () => {
  let broken = true;
  const { writer, messages, onError } = aWriter({}, (logs) => ({
    append: async (...args) => {
      if (broken) throw new Error('away');
      return logs.append(...args);
    },
  }));
  writer.write('one\ntwo\n');
  await expect(writer.flush()).rejects.toThrow('away');
  expect(onError).toHaveBeenCalledOnce();
  broken = false;
  writer.write('three\n');
  await writer.close();
  expect((await messages()).at(-1)).toBe('three');
  expect((await messages())[0]).toBe(
    '2 lines were lost here: they could not be stored, since the log store was away or refused.',
  );
});

test('a store that has refused for its minute is asked once for each batch, until it stores one', async () => {
  let [tries, broken] = [0, true];
  const { writer, messages } = aWriter({}, (logs) => ({
    append: async (...args) => {
      tries += 1;
      if (broken) throw new Error('away');
      return logs.append(...args);
    },
  }));
  const refusedAfter = async (text: string) => {
    tries = 0;
    writer.write(text);
    await expect(writer.flush()).rejects.toThrow('away');
    return tries;
  };
  const one = await refusedAfter('one\n');
  expect(one).toBeGreaterThan(30);
  // A batch has at most 500 lines; what was lost is told in one more.
  expect(await refusedAfter('x\n'.repeat(5_000))).toBeLessThan(15);
  broken = false;
  writer.write('two\n');
  await writer.flush();
  expect((await messages()).at(-1)).toBe('two');
  broken = true;
  expect(await refusedAfter('three\n')).toBe(one);
});

test('after closing nothing is taken', async () => {
  const { writer, messages } = aWriter();
  writer.write('one\n');
  await writer.close();
  writer.write('two\n');
  await writer.close();
  expect(await messages()).toEqual(['one']);
});
