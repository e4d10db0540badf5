import { expect, test } from 'vitest';
import { maxLineBytes } from '@apployd/core/log-line';
import { byteLines } from './byte-lines.js';

test('lines come whole, however the bytes arrive', () => {
  const text = 'one\r\n\ngrüße 🚀\nlast';
  for (const size of [1, 2, 3, 100]) {
    const splitter = byteLines();
    const bytes = Buffer.from(text);
    const lines = [];
    for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.subarray(at, at + size)));
    const rest = splitter.rest();
    expect(lines.map(({ message }) => message)).toEqual(['one', '', 'grüße 🚀']);
    expect(rest).toEqual({ message: 'last', bytes: 4 });
    expect(lines.reduce((sum, line) => sum + line.bytes, 4)).toBe(bytes.length);
  }
});

test('of a line that never ends no more is held than is kept', () => {
  const splitter = byteLines();
  for (let i = 0; i < 100; i += 1) splitter.push(Buffer.alloc(64 * 1024, 'x'));
  const [line] = splitter.push(Buffer.from('\n'));
  expect(line?.message.length).toBe(maxLineBytes + 1);
  expect(line?.bytes).toBe(100 * 64 * 1024 + 1);
});
