import { Rocket } from 'lucide-react';
import { expect, test } from 'vitest';
import type { Command } from './command.js';
import { find } from './find.js';

const command = (title: string, more: Partial<Command> = {}): Command => ({
  id: title,
  group: 'Jump',
  title,
  icon: Rocket,
  run: { to: '/' },
  ...more,
});

const all = [
  command('Pool'),
  command('storefront', { hint: 'storefront-acme.localhost' }),
  command('storefront 14', { hint: 'Show the cart', isDeep: true }),
  command('storefront 142', { hint: 'Cache product images', words: '251e479', isDeep: true }),
  command('store-api 142', { hint: 'Return 409', isDeep: true }),
];
const titles = (query: string) => find(all, query).map(({ title }) => title);

test('a few letters and a number find a deployment', () => {
  expect(titles('st 142')).toEqual(['storefront 142', 'store-api 142']);
  expect(titles('storef 142')).toEqual(['storefront 142']);
});

test('the whole of a word goes before its beginning', () => {
  expect(titles('storefront 14')).toEqual(['storefront 14', 'storefront 142']);
});

test('a commit and the words of its message find it too', () => {
  expect(titles('251e479')).toEqual(['storefront 142']);
  expect(titles('product images')).toEqual(['storefront 142']);
});

test('every word must be found', () => {
  expect(titles('storefront nothing')).toEqual([]);
});

test('without a word only what is worth a line is offered, in its order', () => {
  expect(titles('  ')).toEqual(['Pool', 'storefront']);
});
