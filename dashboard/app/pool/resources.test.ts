import { expect, test } from 'vitest';
import { amountOf, formatOf, GiB, MiB, typedOf } from './resources.js';

test.each([
  ['512', 512 * MiB],
  ['1.5g', 1.5 * GiB],
  ['1.5 GB', 1.5 * GiB],
  ['1,024', GiB],
  ['256m', 256 * MiB],
  ['a lot', null],
  ['', null],
] as const)('memory typed as %j is understood', (typed, amount) => {
  expect(amountOf('memoryBytes', typed)).toBe(amount);
});

test('CPU is typed in cores, or in thousandths with m', () => {
  expect(amountOf('cpuMillicores', '0.25')).toBe(250);
  expect(amountOf('cpuMillicores', '250m')).toBe(250);
});

test('what a field shows is what it understands', () => {
  expect(amountOf('bandwidthBytesPerMonth', typedOf('bandwidthBytesPerMonth', 50 * GiB))).toBe(50 * GiB);
});

test('amounts are shown in the unit that suits them', () => {
  expect(formatOf('memoryBytes', 768 * MiB)).toBe('768 MB');
  expect(formatOf('memoryBytes', 1.5 * GiB)).toBe('1.5 GB');
  expect(formatOf('cpuMillicores', 250)).toBe('0.25 vCPU');
  expect(formatOf('bandwidthBytesPerMonth', 1000 * GiB)).toBe('1,000 GB');
});
