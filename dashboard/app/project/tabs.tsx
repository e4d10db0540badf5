import { Link } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { cx } from '../ui/cx.js';

const tabs = [
  { path: '', label: 'Overview' },
  { path: '/deployments', label: 'Deployments' },
  { path: '/activity', label: 'Activity', isOfProject: true },
  { path: '/logs', label: 'Logs' },
  { path: '/variables', label: 'Variables' },
  { path: '/domains', label: 'Domains' },
  { path: '/settings', label: 'Settings' },
] as const;

export type Tab = (typeof tabs)[number]['label'];

/** Where the page is, below the address of its environment; the first one for what is the project's as a whole. */
export function pathOf(tab: Tab | undefined): string {
  const found = tabs.find(({ label }) => label === tab);
  return found && !('isOfProject' in found) ? found.path : '';
}

const addressOfTab = (base: string, tab: (typeof tabs)[number]): string =>
  ('isOfProject' in tab ? base.replace(/\/environments\/[^/]+$/, '') : base) + tab.path;

/** The pages of a project; `base` is the address of the environment that is shown. */
export function Tabs({ base, here }: { readonly base: string; readonly here: Tab | undefined }) {
  const list = useRef<HTMLElement>(null);
  const open = useRef<HTMLAnchorElement>(null);
  useEffect(() => intoSight(list.current, open.current), [here]);
  return (
    <nav
      ref={list}
      aria-label="Project"
      className="no-bar -mx-4 mt-5 overflow-x-auto border-b border-line px-4 lg:mx-0 lg:px-0"
    >
      <ul className="flex gap-5">
        {tabs.map((tab) => {
          const { label } = tab;
          return (
            <li key={label}>
              <Link
                ref={label === here ? open : null}
                to={addressOfTab(base, tab)}
                prefetch="intent"
                aria-current={label === here ? 'page' : undefined}
                className={cx(
                  'inline-block border-b-2 pb-2.5 text-sm font-medium whitespace-nowrap coarse:pt-2.5',
                  label === here
                    ? 'border-fg text-fg'
                    : 'border-transparent text-muted hover:text-fg forced-colors:border-[Canvas]',
                )}
              >
                {label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** On a narrow screen the tabs are wider than what shows them: the open one is brought to its middle. */
function intoSight(list: HTMLElement | null, tab: HTMLElement | null): void {
  if (!list || !tab) return;
  const [around, own] = [list.getBoundingClientRect(), tab.getBoundingClientRect()];
  list.scrollLeft += own.left + own.width / 2 - (around.left + around.width / 2);
}
