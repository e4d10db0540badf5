import { expect, test } from 'vitest';
import { GiB, MiB } from './resources.js';
import { usedByAll, usedOfSlice, waterOf } from './water.js';

const aProject = (observedState: string, memoryBytes?: number) => ({
  inUse: memoryBytes === undefined ? null : { memoryBytes, cpuMillicores: 20 },
  productionEnvironment: { observedState, limits: { memoryBytes: 3 * GiB } },
});

test('the water of memory and CPU is what is used, not what may be', () => {
  const app = aProject('RUNNING', 40 * MiB);
  expect(waterOf('memoryBytes', app, 0)).toEqual({ held: 40 * MiB, holding: '40 MB in use', isAsleep: false });
  expect(waterOf('cpuMillicores', app, 0)).toMatchObject({ held: 20, holding: '0.02 vCPU in use' });
  expect(usedOfSlice(app, 3 * GiB)).toBe('40 MB of 3 GB');
});

test('another environment that runs while production sleeps has its water too', () => {
  expect(waterOf('memoryBytes', aProject('DEEP_SLEEP', 64 * MiB), 0)).toEqual({
    ...{ held: 64 * MiB, holding: '64 MB in use', isAsleep: true },
  });
});

test('the water of bandwidth is what was sent', () => {
  expect(waterOf('bandwidthBytesPerMonth', aProject('RUNNING', 1), 2 * GiB)).toMatchObject({
    ...{ held: 2 * GiB, holding: '2 GB sent this month' },
  });
});

test('a slice without water says why', () => {
  const holding = (state: string) => waterOf('memoryBytes', aProject(state), 0).holding;
  expect(holding('RUNNING')).toBe('not measured yet');
  expect(holding('LIGHT_SLEEP')).toBe('asleep, keeps its slice for waking');
  expect(holding('STOPPED')).toBe('nothing runs, it keeps its slice');
  expect(usedOfSlice(aProject('RUNNING'), 512 * MiB)).toBe('512 MB, not measured yet');
  expect(usedOfSlice(aProject('LIGHT_SLEEP'), 512 * MiB)).toBe('0 MB of 512 MB');
  expect(waterOf('memoryBytes', undefined, 0)).toMatchObject({ held: 0, isAsleep: false });
});

test('what all use is summed up, who does not run counting as nothing', () => {
  const running = [aProject('RUNNING', 5 * MiB), aProject('STOPPED'), aProject('RUNNING', 7 * MiB)];
  expect(usedByAll(running, 'memoryBytes')).toBe('12 MB in use');
  expect(usedByAll([aProject('STOPPED')], 'memoryBytes')).toBe('nothing in use');
  expect(usedByAll([aProject('STOPPED'), aProject('RUNNING')], 'memoryBytes')).toBe('not measured yet');
});
