import { describe, expect, test } from 'vitest';
import { readName } from './normal-name.js';

const taken = { base: 'apps.example.net', platform: 'platform.example.net' };
const read = (typed: string) => readName(typed, taken);

describe('spellings of one name are one name:', () => {
  test.each([
    ['shop.example.com', 'shop.example.com'],
    ['  Shop.EXAMPLE.com. ', 'shop.example.com'],
    ['example.co.uk', 'example.co.uk'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['bu\u0308cher.example', 'xn--bcher-kva.example'],
    ['shop。example．com', 'shop.example.com'],
    ['ｓｈｏｐ.example.com', 'shop.example.com'],
    ['*.Example.com.', '*.example.com'],
    ['me.github.io', 'me.github.io'],
  ])('%j is %s', (typed, name) => {
    expect(read(typed)).toEqual({ name, issue: null });
  });
});

describe('what is no name that somebody can own is refused:', () => {
  const format = 'INVALID_FORMAT';
  test.each([
    ...['', '.', 'localhost', 'https://example.com', 'example.com/path', 'example.com:443', 'a b.com'],
    ...['under_score.example.com', '-a.example.com', 'a-.example.com', 'a..example.com', 'xn--a.example.com'],
    ...[
      '192.0.2.1',
      '0xc0000201',
      '3221225985',
      '[2001:db8::1]',
      '2001:db8::1',
      '*',
      '*.*.example.com',
      'a.*.example.com',
    ],
    ...[
      '*.com:80',
      'user@example.com',
      `${'a'.repeat(64)}.example.com`,
      `${'a.'.repeat(120)}example.com`,
      'a\u0000.example',
    ],
  ])('%j', (typed) => {
    expect(read(typed).issue?.rule).toBe(format);
  });

  test.each(['co.uk', '*.co.uk', 'github.io', '*.github.io', 'GitHub.io.'])('the public suffix %s', (typed) => {
    expect(read(typed).issue?.rule).toBe('NOT_ALLOWED');
  });

  test.each([
    ...['apps.example.net', '*.apps.example.net', 'x.apps.example.net', 'a.b.Apps.Example.net.'],
    ...['platform.example.net', '*.platform.example.net'],
  ])("%s, which is the platform's", (typed) => {
    expect(read(typed).issue?.rule).toBe('RESERVED');
  });

  test("but what only ends alike, or is above the platform's, is not", () => {
    expect(read('myapps.example.net').issue).toBeNull();
    expect(read('*.example.net').issue).toBeNull();
  });
});
