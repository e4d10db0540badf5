import { expect, test } from 'vitest';
import { buffered, type Sink } from './buffered.js';

function aSource() {
  let sink: Sink<number> | undefined;
  let stops = 0;
  const start = (given: Sink<number>) => {
    sink = given;
    return () => {
      stops += 1;
    };
  };
  const push = (...values: readonly number[]) => values.forEach((value) => sink?.next(value));
  return { start, push, sink: () => sink, stops: () => stops };
}

const signal = new AbortController().signal;

test('a reader that falls behind gets what is held, then the end, and the source is stopped', async () => {
  const source = aSource();
  const values = buffered(source.start, 3, signal);
  const first = values.next();
  source.push(1, 2, 3, 4, 5);
  expect(await first).toEqual({ done: false, value: 1 });
  const rest: number[] = [];
  for await (const value of values) rest.push(value);
  expect(rest).toEqual([2, 3]);
  expect(source.stops()).toBeGreaterThan(0);
});

test('values that came before an error are handed out before it', async () => {
  const source = aSource();
  const values = buffered(source.start, 9, signal);
  const first = values.next();
  source.push(1, 2);
  source.sink()?.error(new Error('broken'));
  expect(await first).toEqual({ done: false, value: 1 });
  expect(await values.next()).toEqual({ done: false, value: 2 });
  await expect(values.next()).rejects.toThrow('broken');
});

test('an abort ends it and stops the source, also one that came before the start', async () => {
  const source = aSource();
  const values = buffered(source.start, 9, AbortSignal.abort());
  expect(await values.next()).toEqual({ done: true, value: undefined });
  expect(source.stops()).toBeGreaterThan(0);
});
