import { randomUUID } from 'node:crypto';
import { systemClock } from '@apployd/core/clock';
import { runtimeLogOf } from '@apployd/core/log-line';
import { expect, test, vi } from 'vitest';
import { deferred } from '../testing/deferred.js';
import { until } from '../testing/until.js';
import { LogCheckpointMoved, LogInstanceGone, LogStreamEnded, type Logs } from './logs.js';
import { memoryLogs } from './memory.js';
import { outputWriter, type OutputWriterOptions } from './output-writer.js';

const [organizationId, deploymentId] = [randomUUID(), randomUUID()];
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

function aWriter(options: Partial<OutputWriterOptions> = {}, change: (logs: Logs) => Partial<Logs> = () => ({})) {
  const logs = memoryLogs();
  const stream = runtimeLogOf(randomUUID());
  const instanceId = randomUUID();
  const [onRetry, onFailure] = [vi.fn(), vi.fn()];
  const clock = { ...systemClock, sleep: () => systemClock.sleep(1) };
  const { signal } = new AbortController();
  const writer = outputWriter(
    { ...logs, ...change(logs) },
    {
      ...{ stream, organizationId, deploymentId, instanceId, from: null, mask: [], clock, signal, onRetry, onFailure },
      ...options,
    },
  );
  const lines = async () => (await logs.read(stream, { limit: 1_000 })).lines;
  const messages = async () => (await lines()).map(({ message }) => message);
  const line = (message: string, place: number) =>
    writer.line({ at: at(place), source: 'STDOUT', message, cursor: String(place) });
  return { logs, stream, instanceId, onRetry, onFailure, writer, line, lines, messages };
}

test('a line is stored soon, with its own time, also when no other follows', async () => {
  const { line, lines } = aWriter();
  await line('one', 1);
  await until(async () => (await lines()).length === 1);
  expect(await lines()).toMatchObject([{ at: at(1), message: 'one', source: 'STDOUT', deploymentId }]);
});

test('whoever brings more than is stored waits, and nothing is dropped', async () => {
  const gate = deferred();
  const { line, writer, lines } = aWriter({}, (logs) => ({
    append: async (...args) => (await gate.promise, logs.append(...args)),
  }));
  let taken = 0;
  const bringing = (async () => {
    for (; taken < 5_000; taken += 1) await line(`line ${taken}`, taken + 1);
  })();
  await systemClock.sleep(600);
  expect(taken).toBeLessThanOrEqual(1_000);
  gate.resolve();
  await bringing;
  await writer.flush();
  expect((await lines()).length).toBe(1_000);
  expect(taken).toBe(5_000);
});

test('a store that is away is told of once and waited out, and a call that was lost is not repeated', async () => {
  let calls = 0;
  const { line, writer, messages, onRetry, onFailure } = aWriter({}, (logs) => ({
    append: async (...args) => {
      calls += 1;
      if (calls < 100) throw new Error('away');
      const last = await logs.append(...args);
      if (calls === 100) throw new Error('the answer was lost');
      return last;
    },
  }));
  await line('one', 1);
  await writer.flush();
  await line('two', 2);
  await writer.flush();
  expect(await messages()).toEqual(['one', 'two']);
  expect(onRetry).toHaveBeenCalledOnce();
  expect(onFailure).not.toHaveBeenCalled();
});

test('where another has stored it meanwhile nothing is taken until it goes on from there', async () => {
  const { logs, stream, instanceId, line, writer, messages, onFailure } = aWriter();
  await line('one', 1);
  await writer.flush();
  const other = { at: at(2), source: 'STDOUT', message: 'two', deploymentId } as const;
  await logs.append(stream, organizationId, [other], { instanceId, from: '1', to: '2' });
  await line('two', 2);
  await until(() => onFailure.mock.calls.length === 1);
  const failed = await line('three', 3).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(LogCheckpointMoved);
  expect(failed).toMatchObject({ at: '2' });
  writer.goOnFrom('2');
  await line('three', 3);
  await writer.flush();
  expect(await messages()).toEqual(['one', 'two', 'three']);
});

test('a log that has ended, and a store that is away when all is to end, are failures', async () => {
  const ended = aWriter();
  await ended.logs.end(ended.stream, organizationId);
  await ended.line('one', 1);
  await expect(ended.writer.flush()).rejects.toThrow(LogStreamEnded);
  const over = aWriter({ signal: AbortSignal.abort() }, () => ({
    append: async () => {
      throw new Error('away');
    },
  }));
  await over.line('one', 1);
  await expect(over.writer.flush()).rejects.toThrow('away');
});

test('a secret of several lines is masked, and what is stored for it moves the place on', async () => {
  const { line, writer, messages } = aWriter({ mask: ['one\ntwo\nthree'] });
  for (const [index, message] of ['one', 'two', 'three', 'four'].entries()) {
    await line(message, index + 1);
    await writer.flush();
  }
  expect((await messages()).join('|')).toBe('[secret]||four');
});

test('lines of which the cursor was stored already are stored, one as well as many', async () => {
  const { line, writer, messages, lines } = aWriter({ mask: ['secret\nof two'] });
  await line('one', 1);
  await writer.flush();
  await line('rest', 1);
  await writer.flush();
  // All of it is held back by masking: more of a secret might follow.
  await line('secret', 1);
  await writer.flush();
  expect(await messages()).toEqual(['one', 'rest', '[secret]']);
  for (let i = 0; i < 600; i += 1) await line('more', 1);
  await writer.flush();
  expect((await lines()).length).toBe(603);
  await line('soon', 1);
  await until(async () => (await messages()).includes('soon'));
});

test('an instance that is gone is not tried again', async () => {
  const append = vi.fn(async () => {
    throw new LogInstanceGone('gone');
  });
  const { line, writer, onRetry } = aWriter({}, () => ({ append }));
  await line('one', 1);
  await expect(writer.flush()).rejects.toThrow(LogInstanceGone);
  expect(append).toHaveBeenCalledOnce();
  expect(onRetry).not.toHaveBeenCalled();
});
