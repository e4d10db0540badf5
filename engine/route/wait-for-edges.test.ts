import { once } from 'node:events';
import { expect, test } from 'vitest';
import { systemClock } from '@apployd/core/clock';
import { deadlineIn } from '@apployd/core/deadline';
import { memoryEvents } from '@apployd/backplane/events/memory';
import type { Engine } from '../engine.js';
import { never } from '../testing/use-engine.js';
import { waitForEdges } from './wait-for-edges.js';

const routeTimeoutMs = 50;

/** Its one edge has applied these versions, look by look; `meanwhile` goes on before it hears of one. */
function anEngine(applied: readonly bigint[], meanwhile: () => Promise<unknown>) {
  let looks = 0;
  const findMany = async () => {
    const appliedVersion = applied[looks++] ?? 0n;
    await meanwhile();
    return [{ appliedVersion }];
  };
  const parts = { events: memoryEvents(), clock: systemClock, settings: { routeTimeoutMs } };
  return { engine: { ...parts, db: { edge: { findMany } } } as unknown as Engine, looks: () => looks };
}
/** The wait has begun before, and is over before this is. */
const untilItIsOver = () => once(deadlineIn(routeTimeoutMs), 'abort');

test('an edge that followed in time counts, though nobody could look before the time was over', async () => {
  const { engine } = anEngine([0n, 1n], untilItIsOver);
  expect(await waitForEdges(engine, 1n, never)).toMatchObject([{ appliedVersion: 1n }]);
});

test('an edge that does not follow is waited for no longer than was said', async () => {
  const { engine, looks } = anEngine([0n, 0n, 1n], untilItIsOver);
  expect(await waitForEdges(engine, 1n, never)).toBeNull();
  expect(looks()).toBe(2);
});

test('who is told to stop does not look again', async () => {
  const stop = new AbortController();
  const { engine, looks } = anEngine([0n, 1n], async () => stop.abort(new Error('enough')));
  await expect(waitForEdges(engine, 1n, stop.signal)).rejects.toThrow('enough');
  expect(looks()).toBe(1);
});
