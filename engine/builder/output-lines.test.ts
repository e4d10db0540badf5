import { expect, test } from 'vitest';
import { outputLines } from './output-lines.js';

test('lines of two outputs stay apart; of a progress display comes what it showed last, at the end what has no line end', () => {
  const seen: string[] = [];
  const lines = outputLines<'stdout' | 'stderr'>((line) => seen.push(line));
  lines.push(Buffer.from('one\r\ntw'), 'stdout');
  lines.push(Buffer.from('error\n'), 'stderr');
  lines.push(Buffer.from('o\n1%\r2%\nrest'), 'stdout');
  lines.end();
  expect(seen).toEqual(['one', 'error', 'two', '2%', 'rest']);
});
