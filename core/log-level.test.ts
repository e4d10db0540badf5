import { expect, test } from 'vitest';
import { levelOf, plainText } from './log-level.js';

test.each([
  ['npm error Missing script', 'ERROR'],
  ['\u001b[31mERROR\u001b[0m: it broke', 'ERROR'],
  ['{"level":"error","msg":"it broke"}', 'ERROR'],
  ['The build ended with exit code 2', 'ERROR'],
  ['level=warn msg="slow"', 'WARN'],
  ['(node:1) [DEP0005] DeprecationWarning: Buffer()', 'INFO'],
  ['warning: unused variable', 'WARN'],
  ['GET /errors 200', 'INFO'],
  [`${'x'.repeat(500)} error`, 'INFO'],
  ['', 'INFO'],
] as const)('%j is meant as %s', (message, level) => {
  expect(levelOf(message)).toBe(level);
});

test('of a line without its colours, titles and links the words are left', () => {
  expect(plainText('\u001b[1;31mred\u001b[0m \u001b]8;;https://example.com\u0007link\u001b]8;;\u0007')).toBe(
    'red link',
  );
});
