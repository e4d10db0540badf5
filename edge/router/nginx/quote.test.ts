import { describe, expect, test } from 'vitest';
import { hostileTexts } from '@apployd/core/testing/hostile-texts';
import { quote } from './quote.js';

const escapes: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };

/** What Nginx makes of one quoted word (`ngx_conf_read_token`). */
function readAsNginxDoes(word: string): string {
  const [, inside = ''] = /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(word) ?? expect.unreachable(`${word} is not one word`);
  return inside.replace(/\\(["'\\trn])/g, (_, each: string) => escapes[each] ?? each);
}

describe('a value in a configuration of Nginx', () => {
  test.each([
    '/var/lib/apployd',
    'with space',
    'a"b',
    "a'b",
    'a\\b',
    'a\\',
    '\\"',
    '\\t\\n',
    '"; }',
    '{}#;',
    'grün',
    '',
  ])('is one word that says the same: %j', (text) => expect(readAsNginxDoes(quote(text))).toBe(text));

  test.each(['$request_body', '${host}', 'a$', 'a\nb', 'a\rb', 'a\0b', 'a\tb', 'a\x7fb'])(
    'is refused where Nginx has no way to write it: %j',
    (text) => expect(() => quote(text)).toThrow('cannot stand in a configuration of Nginx'),
  );

  test.each(hostileTexts('/tmp/never'))('that is hostile is one word or refused: %j', (text) => {
    const isWritable = !/[\0\n$]/.test(text);
    if (isWritable) expect(readAsNginxDoes(quote(text))).toBe(text);
    else expect(() => quote(text)).toThrow('cannot stand');
  });
});
