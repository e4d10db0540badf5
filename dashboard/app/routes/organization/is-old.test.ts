import { expect, test } from 'vitest';
import { isOld } from './is-old.js';

const aVisit = (more: object = {}) => ({
  currentUrl: new URL('http://localhost/acme/shop'),
  nextUrl: new URL('http://localhost/acme/shop/logs'),
  currentParams: { org: 'acme', project: 'shop' },
  nextParams: { org: 'acme', project: 'shop' },
  ...more,
});

test('the surroundings are kept from page to page for ten seconds', () => {
  expect(isOld(aVisit(), 9_999)).toBe(false);
  expect(isOld(aVisit(), 10_000)).toBe(true);
  expect(isOld(aVisit({ formMethod: 'GET' }), 0)).toBe(false);
});

test.each([
  ['after something was done', { formMethod: 'POST' }],
  ['when the page is asked for again', { nextUrl: new URL('http://localhost/acme/shop') }],
  ['in another organization', { nextParams: { org: 'other' } }],
])('they are loaded anew %s', (_, more) => {
  expect(isOld(aVisit(more), 0)).toBe(true);
});
