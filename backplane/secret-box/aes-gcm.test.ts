import { expect, test } from 'vitest';
import { aesGcmSecretBox } from './aes-gcm.js';

const oldSecret = 'o'.repeat(32);
const newSecret = 'n'.repeat(32);

test('what was sealed opens again, and the same text never looks the same sealed', () => {
  const box = aesGcmSecretBox(newSecret);
  for (const text of ['', 'hunter22', 'größer 🚀', 'x'.repeat(100_000)])
    expect(box.open(box.seal(text, 'row'), 'row')).toBe(text);
  expect(box.seal('same', 'row')).not.toEqual(box.seal('same', 'row'));
  expect(Buffer.from(box.seal('hunter22', 'row')).includes('hunter22')).toBe(false);
});

test('a value that was moved to another row does not open', () => {
  const box = aesGcmSecretBox(newSecret);
  expect(() => box.open(box.seal('text', 'one'), 'another')).toThrow('moved');
});

test('a value of which any byte was changed, or that was cut, does not open', () => {
  const box = aesGcmSecretBox(newSecret);
  const sealed = box.seal('text', 'row');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = sealed.slice();
    changed[at]! ^= 1;
    expect(() => box.open(changed, 'row')).toThrow();
    expect(() => box.open(sealed.slice(0, at), 'row')).toThrow();
  }
});

test('after a rotation old values open while their secret is kept, and new ones are sealed with the first', () => {
  const sealed = aesGcmSecretBox(oldSecret).seal('text', 'row');
  const rotated = aesGcmSecretBox(`${newSecret}, ${oldSecret}`);
  expect(rotated.open(sealed, 'row')).toBe('text');
  expect(aesGcmSecretBox(newSecret).open(rotated.seal('text', 'row'), 'row')).toBe('text');
  expect(() => aesGcmSecretBox(newSecret).open(sealed, 'row')).toThrow('Add its secret back');
});
