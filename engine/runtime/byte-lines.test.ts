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
  expect(line?.message.length).toBeGreaterThan(maxLineBytes);
  expect(line?.message.length).toBeLessThan(maxLineBytes + 10);
  expect(line?.bytes).toBe(100 * 64 * 1024 + 1);
});

test('a line that is cut ends with a whole character, and is still longer than a line may be', () => {
  for (const character of ['ü', '日', '🚀']) {
    for (let shift = 0; shift < 4; shift += 1) {
      const splitter = byteLines();
      const [line] = splitter.push(Buffer.from(`${'x'.repeat(shift)}${character.repeat(maxLineBytes)}\n`));
      expect(line?.message).toMatch(new RegExp(`^x{${shift}}(${character})+$`, 'u'));
      expect(Buffer.byteLength(line?.message ?? '')).toBeGreaterThan(maxLineBytes);
    }
  }
});
