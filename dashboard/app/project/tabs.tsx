import { Link } from '@remix-run/react';
import { cx } from '../ui/cx.js';

const tabs = [
  { path: '', label: 'Overview' },
  { path: '/deployments', label: 'Deployments' },
  { path: '/activity', label: 'Activity' },
  { path: '/logs', label: 'Logs' },
  { path: '/variables', label: 'Variables' },
  { path: '/settings', label: 'Settings' },
] as const;

export type Tab = (typeof tabs)[number]['label'];

/** Where the page is, below the address of its environment. */
export const pathOf = (tab: Tab | undefined): string => tabs.find(({ label }) => label === tab)?.path ?? '';

/** The pages of a project. */
export const Tabs = ({ base, here }: { readonly base: string; readonly here: Tab | undefined }) => (
  <nav aria-label="Project" className="no-bar -mx-4 mt-5 overflow-x-auto border-b border-line px-4 lg:mx-0 lg:px-0">
    <ul className="flex gap-5">
      {tabs.map(({ path, label }) => (
        <li key={label}>
          <Link
            to={base + path}
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
      ))}
    </ul>
  </nav>
);
