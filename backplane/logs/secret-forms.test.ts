import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskedText } from './mask-text.js';
import { secretForms } from './secret-forms.js';
import { secretIndex } from './secret-index.js';

const masked = (secret: string, text: string) => maskedText(secretIndex([secret]), text);

test.each([
  ['a URL', (secret: string) => `https://x.test/?token=${encodeURIComponent(secret)}&a=1`],
  [
    'a URL with small digits',
    (secret: string) => `?a=${encodeURIComponent(secret).replace(/%../g, (c) => c.toLowerCase())}&`,
  ],
  ['a form', (secret: string) => `${new URLSearchParams({ token: secret, a: '1' }).toString()} `],
  ['JSON', (secret: string) => JSON.stringify({ token: secret })],
  ['JSON with escaped slashes', (secret: string) => JSON.stringify({ token: secret }).replaceAll('/', '\\/')],
  [
    'JSON in ASCII',
    (secret: string) =>
      JSON.stringify([secret]).replace(
        /[\u0080-\uffff]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  ],
  ['base64', (secret: string) => `${Buffer.from(secret).toString('base64')} `],
  ['base64url', (secret: string) => `${Buffer.from(secret).toString('base64url')} `],
])('a secret is masked within %s', (_, encode) => {
  const secret = 'p@ss w/"ö"+?~>\\ \nword!';
  const shown = masked(secret, encode(secret));
  expect(shown).toContain('[secret]');
  expect(shown).not.toMatch(/word|p%40|cEBzcyB3/);
});

test('within something that was encoded as base64 as a whole nothing tells the secret', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ minLength: 10, maxLength: 60 }),
      (before, after, secret) => {
        const whole = Buffer.concat([before, Buffer.from(secret), after]).toString('base64');
        const decoded = masked(secret, `${whole}\n`)
          .split('[secret]')
          .map((part) => Buffer.from(part, 'base64').toString('latin1'));
        const bytes = Buffer.from(secret).toString('latin1');
        for (const part of decoded) expect(part.includes(bytes.slice(1, -1))).toBe(false);
      },
    ),
  );
});

test('long secrets are found in base64 that is broken into lines', () => {
  const secret = 'a long secret, '.repeat(20);
  for (const width of [64, 76]) {
    const lines =
      Buffer.from(secret)
        .toString('base64')
        .match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    expect(masked(secret, `${lines.join('\n')}\n`).replaceAll('[secret]', '')).toMatch(/^\n*$/);
  }
});

test('short encoded forms are left out: what only looks a little like a secret stays as it is', () => {
  expect([...secretForms(['pass'])]).toEqual(['pass', 'cGFzcw==']);
  expect([...secretForms(['abc', ''])]).toEqual([]);
});

test('a secret that ends with a line end is masked also without', () => {
  expect(masked('hunter22\n', 'it is hunter22!')).toBe('it is [secret]!');
});

test('five hundred secrets of the largest size do not fill the memory with their encodings', () => {
  const secrets = Array.from({ length: 500 }, (_, i) => `${i}`.padEnd(64 * 1024, 'x'));
  const small = Array.from({ length: 1_000 }, (_, i) => `${i}/`.padEnd(8 * 1024, 'y'));
  const all = [...secretForms([...secrets, ...small])].reduce((sum, form) => sum + form.length, 0);
  const plain = [...secrets, ...small].reduce((sum, secret) => sum + secret.length, 0);
  expect(all - plain).toBeLessThan(5 * 1024 * 1024);
});
