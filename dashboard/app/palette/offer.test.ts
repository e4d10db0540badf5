import { Rocket } from 'lucide-react';
import { expect, test } from 'vitest';
import type { Command, Group } from './command.js';
import { offers } from './offer.js';

const command = (group: Group, title: string): Command => ({ id: title, group, title, icon: Rocket, run: { to: '/' } });
const all = [
  command('Jump', 'Projects'),
  command('Jump', 'shop'),
  command('Do', 'Deploy shop'),
  command('Settings', 'Account'),
];
const search = command('Find in logs', '“shop” in the log of shop');
const shape = (query: string, recent: readonly string[] = []) =>
  offers(all, query ? [search] : [], query, recent).map(({ group, commands }) => [group, commands.map(({ id }) => id)]);

test('what was run last stands first, and not twice', () => {
  expect(shape('', ['Deploy shop', 'gone meanwhile'])).toEqual([
    ['Recent', ['Deploy shop']],
    ['Jump', ['Projects', 'shop']],
    ['Settings', ['Account']],
  ]);
});

test('the group of the best fit comes first, looking in logs comes last', () => {
  expect(shape('depl').map(([group]) => group)).toEqual(['Do', 'Find in logs']);
  expect(shape('shop').map(([group]) => group)).toEqual(['Jump', 'Do', 'Find in logs']);
});

test('what nothing is called can still be looked for in logs', () => {
  expect(shape('timeout').map(([group]) => group)).toEqual(['Find in logs']);
});
