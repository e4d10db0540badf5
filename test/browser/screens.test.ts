import { expect, test } from 'vitest';
import routes from '../../dashboard/app/routes.js';
import { screens } from './screens.js';

type Entry = Extract<typeof routes, readonly unknown[]>[number];
type Page = { readonly pattern: RegExp; readonly fixed: number; readonly file: string };

/** These are opened by tests of their own: one leads on at once, the other needs an invitation. */
const others = ['routes/home/home.tsx', 'routes/invitation/invitation.tsx'];

test('every page of the dashboard is looked at: it stands among the screens', () => {
  const pages = (routes as Entry[]).flatMap((entry) => pagesBelow(entry, ''));
  const seen = screens('acme', 'shop', 1, 2).map(({ path }) => fileAt(pages, path.replace(/[?#].*/, '')));
  const missing = pages.map(({ file }) => file).filter((file) => !seen.includes(file) && !others.includes(file));
  expect(missing).toEqual([]);
});

/** Pages alone: what frames them is seen with them, and a `.ts` answers programs. */
function pagesBelow({ path = '', file, children }: Entry, above: string): readonly Page[] {
  const whole = [above, path].filter(Boolean).join('/');
  if (children) return children.flatMap((child) => pagesBelow(child, whole));
  if (!file.endsWith('.tsx')) return [];
  const parts = whole.split('/').filter(Boolean);
  const pattern = new RegExp(`^/${parts.map((part) => (part.startsWith(':') ? '[^/]+' : part)).join('/')}$`);
  return [{ pattern, fixed: parts.filter((part) => !part.startsWith(':')).length, file }];
}

function fileAt(pages: readonly Page[], path: string): string | undefined {
  const fitting = pages.filter(({ pattern }) => pattern.test(path));
  return fitting.sort((a, b) => b.fixed - a.fixed)[0]?.file;
}
