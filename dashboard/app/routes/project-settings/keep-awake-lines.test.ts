import { expect, test } from 'vitest';
import { linesOf, spansOf } from './keep-awake-lines.js';

test('spans are read as they are written, and written as they are read', () => {
  const text = 'Mon-Fri 08:00-18:00\nSat,Sun 10:00-24:00\nMon,Wed 22:00-02:00';
  expect(spansOf(text)).toEqual([
    { days: ['MON', 'TUE', 'WED', 'THU', 'FRI'], from: '08:00', to: '18:00' },
    { days: ['SAT', 'SUN'], from: '10:00', to: '24:00' },
    { days: ['MON', 'WED'], from: '22:00', to: '02:00' },
  ]);
  expect(linesOf(spansOf(text) as Exclude<ReturnType<typeof spansOf>, string>)).toBe(text);
  expect(spansOf('  fri-MON 08:00 – 09:00 \n\n')).toEqual([
    { days: ['MON', 'FRI', 'SAT', 'SUN'], from: '08:00', to: '09:00' },
  ]);
  expect([spansOf(''), linesOf([])]).toEqual([[], '']);
});

test.each(['Mon-Fri', '08:00-18:00', 'Mo-Fr 08:00-18:00', 'Mon 8-18', 'Mon-Fri 08:00'])('%s is no span', (line) => {
  expect(spansOf(line)).toContain(`“${line}” is no span`);
});
