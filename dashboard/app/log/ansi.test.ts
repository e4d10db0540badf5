import { expect, test } from 'vitest';
import { pieces, plain } from './ansi.js';

const esc = '\u001b';

test('colours become pieces with a colour of the theme', () => {
  expect(pieces(`${esc}[1;31mno${esc}[0m luck`)).toEqual([
    { text: 'no', fg: 'var(--ansi-red)', bold: true, dim: false },
    { text: ' luck', fg: undefined, bold: false, dim: false },
  ]);
  expect(pieces(`${esc}[38;5;46mgo${esc}[39m`)[0]?.fg).toBe('var(--ansi-green)');
  expect(pieces(`${esc}[38;2;250;10;10mstop`)[0]?.fg).toBe('var(--ansi-red)');
});

test.each([
  ['a terminal link keeps its words alone', `${esc}]8;;javascript:alert(1)\u0007press${esc}]8;;\u0007`, 'press'],
  ['a title is left out', `${esc}]0;title\u0007text`, 'text'],
  ['a cursor move is left out', `a${esc}[2Kb${esc}[1Ac`, 'abc'],
  ['a lone escape is left out', `a${esc}`, 'a'],
  ['control bytes and turned writing are left out', 'a\u0000\u0008\u202eb', 'ab'],
  ['a progress bar is its last state', '10 %\r50 %\r100 %\r', '100 %'],
  ['tags stay what they are: text', '<script>alert(1)</script>', '<script>alert(1)</script>'],
])('%s', (_title, raw, text) => {
  expect(plain(raw)).toBe(text);
});
