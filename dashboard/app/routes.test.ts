import { reservedSlugs } from '@apployd/core/slug';
import type { RouteConfigEntry } from '@remix-run/route-config';
import { expect, test } from 'vitest';
import routes from './routes.js';

/** The paths of all pages below these, as segments. */
function paths(entries: readonly RouteConfigEntry[], above: readonly string[] = []): readonly (readonly string[])[] {
  return entries.flatMap(({ path, children = [] }) => {
    const here = [...above, ...(path?.split('/') ?? [])];
    return [here, ...paths(children, here)];
  });
}

const names = (segments: readonly (string | undefined)[]) =>
  [...new Set(segments)].filter((segment) => segment && !segment.startsWith(':'));

const all = paths(await routes);

test('no organization can be called what a page is called', () => {
  const taken = names(all.map(([first]) => first));
  expect(taken).not.toEqual([]);
  expect(reservedSlugs.organization).toEqual(expect.arrayContaining(taken));
});

test('no project can be called what a page of its organization is called', () => {
  const taken = names(all.filter(([first]) => first === ':org').map(([, second]) => second));
  expect(taken).not.toEqual([]);
  expect(reservedSlugs.project).toEqual(expect.arrayContaining(taken));
});
