import { expect, test } from 'vitest';
import { guess } from './guess.js';

const failed = { code: 'BUILD_ERROR', exitCode: 1, lines: [] as string[] };

test.each([
  ["Error: Cannot find module 'left-pad'", /not installed/, /Cannot find module/],
  ['npm error code E404', /does not exist in its registry/, /E404/],
  ['npm error code ERESOLVE', /exclude each other/, /ERESOLVE/],
  ['\u001b[31mnpm error\u001b[0m Missing script: "build"', /no script called build/, /Missing script/],
  ['Error: listen EADDRINUSE: address already in use :::80', /PORT/, /EADDRINUSE/],
  ['FATAL ERROR: Reached heap limit - JavaScript heap out of memory', /memory/, /heap out of memory/],
])('the line %j is told by its words', (line, cause, sign) => {
  expect(guess({ ...failed, lines: ['first', line, 'last'] })).toMatchObject({
    cause: expect.stringMatching(cause),
    sign: expect.stringMatching(sign),
  });
});

test('an exit code is a sign where the log names nothing', () => {
  expect(guess({ ...failed, exitCode: 137 })).toMatchObject({ sign: 'exit code 137' });
  expect(guess({ ...failed, exitCode: 127, lines: ['sh: 1: vite: not found'] })).toMatchObject({
    sign: 'exit code 127',
  });
});

test('nothing is guessed where there is no sign', () => {
  expect(guess({ ...failed, lines: ['error: no luck today'] })).toBeNull();
});
