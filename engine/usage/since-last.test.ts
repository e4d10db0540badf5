import { expect, test } from 'vitest';
import { sinceLast } from './since-last.js';

const now = new Date('2026-11-27T10:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const usage = (cpuMs: number) => ({ memoryBytes: 100, cpuMs, at: now });
const known = { id: 'one', startedAt: ago(10_000), usedAt: ago(60), usedCpuMs: 1_000n };

test('what it used since the last look is added, as memory over time and time on a core', () => {
  expect(sinceLast(known, usage(7_000), now)).toEqual({
    ...{ id: 'one', before: ago(60), memoryBytes: 100, cpuMs: 7_000 },
    ...{ moreCpuMs: 6_000, cpuMillicores: 100, memoryByteSeconds: 6_000 },
  });
});

test('one that was started again under the same name counts anew', () => {
  expect(sinceLast(known, usage(300), now)).toMatchObject({ cpuMs: 300, moreCpuMs: 300 });
});

test('at the first look a new one counts from its start, and one that has run for long from now on', () => {
  const first = { id: 'one', usedAt: null, usedCpuMs: null };
  const fresh = sinceLast({ ...first, startedAt: ago(20) }, usage(900), now);
  expect(fresh).toMatchObject({ moreCpuMs: 900, memoryByteSeconds: 2_000, cpuMillicores: 45 });
  const old = sinceLast({ ...first, startedAt: ago(86_400) }, usage(900_000), now);
  expect(old).toMatchObject({ moreCpuMs: 0, memoryByteSeconds: 0, cpuMillicores: 0, cpuMs: 900_000 });
});

test('after a long time without a look no more than an hour of memory is taken for used', () => {
  expect(sinceLast({ ...known, usedAt: ago(86_400) }, usage(2_000), now)).toMatchObject({
    ...{ memoryByteSeconds: 360_000, moreCpuMs: 1_000 },
  });
});
