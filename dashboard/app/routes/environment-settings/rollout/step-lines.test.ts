import { expect, test } from 'vitest';
import { stepLines, stepsOf } from './step-lines.js';

const steps = [
  { percent: 5, minutes: 10 },
  { percent: 50, minutes: 1 },
];

test('steps are read as they are shown, and as bare numbers', () => {
  expect(stepsOf(stepLines(steps))).toEqual(steps);
  expect(stepsOf('5 10\n\n 50% 1 min')).toEqual(steps);
});

test.each(['five', '5 %', '5 % for ever', '5 10 15'])('%j is told to be no step', (line) => {
  expect(stepsOf(`5 10\n${line}`)).toContain(line);
});
