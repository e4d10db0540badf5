import { expect, test } from 'vitest';
import { hostOf } from './host-of.js';

test('a pasted address is taken for its host, and a name stays what it is', () => {
  for (const typed of [
    'www.example.com',
    ' www.example.com ',
    'https://www.example.com',
    'https://www.example.com:8443/cart?a=b#c',
    'http://me:secret@www.example.com/',
    'www.example.com/cart',
  ]) {
    expect(hostOf(typed)).toBe('www.example.com');
  }
  expect(hostOf('*.example.com')).toBe('*.example.com');
});
