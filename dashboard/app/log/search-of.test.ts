import { expect, test } from 'vitest';
import { searchIn } from './search-of.js';

const now = Date.parse('2026-01-02T12:00:00.000Z');
const inAddress = (address: string) => searchIn(new URLSearchParams(address), now);

test('an address that looks for nothing is no search', () => {
  expect(inAddress('')).toBeNull();
  expect(inAddress('search=+&level=&range=&find=here')).toBeNull();
  expect(inAddress('level=nonsense&range=nonsense')).toBeNull();
});

test('all that is given has to hold, and a range ends now', () => {
  expect(inAddress('search=cart+&level=warnings&range=1h&deployment=dpl_1&before=abc')).toEqual({
    before: 'abc',
    filter: {
      text: 'cart',
      levels: ['WARN', 'ERROR'],
      since: '2026-01-02T11:00:00.000Z',
      deploymentId: 'dpl_1',
    },
  });
});
