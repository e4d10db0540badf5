import { Form, Link, useMatches, useParams } from '@remix-run/react';
import { ChevronLeft, CircleUser, Droplets, LayoutGrid, LogOut, type LucideIcon, Moon, Plus, Sun } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { stateOf } from '../deployment/state.js';
import { PoolStrip } from '../pool/pool-strip.js';
import { formatOf } from '../pool/resources.js';
import { Button } from '../ui/button.js';
import { cx } from '../ui/cx.js';
import { Mark } from '../ui/mark.js';
import { Status } from '../ui/status.js';
import { basinsOf, useOrganization } from './organization-context.js';
import { switchTheme } from './theme.js';

/** A step of the way to this page; the last one has no address. */
export type Crumb = { readonly label: string; readonly to?: string };

/** What a page may say of itself to the shell, as its route's `handle`. */
export type PageHandle = {
  readonly section?: 'projects' | 'pool' | 'new';
  readonly crumbs: (params: Readonly<Record<string, string | undefined>>) => readonly Crumb[];
};

export function Shell({ children }: { readonly children: ReactNode }) {
  const { section, crumbs } = useHere();
  return (
    <div className="lg:grid lg:grid-cols-[228px_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-surface focus:p-2"
      >
        Skip to content
      </a>
      <Sidebar section={section} />
      <div className="min-w-0">
        <TopBar crumbs={crumbs} />
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto max-w-[1160px] px-4 pt-5 pb-28 outline-none lg:px-8 lg:pt-7 lg:pb-8"
        >
          {children}
        </main>
      </div>
      <BottomBar section={section} />
    </div>
  );
}

function useHere() {
  const { organization } = useOrganization();
  const params = useParams();
  const handles = useMatches().map(({ handle }) => handle as PageHandle | undefined);
  const handle = handles.filter(Boolean).at(-1);
  const first: Crumb = { label: organization.name, to: `/${organization.slug}` };
  return { section: handle?.section ?? 'projects', crumbs: [first, ...(handle?.crumbs(params) ?? [])] };
}

type Section = NonNullable<PageHandle['section']>;
type Entry = { readonly section: Section; readonly path: string; readonly label: string; readonly icon: LucideIcon };

const entries: readonly Entry[] = [
  { section: 'projects', path: '', label: 'Projects', icon: LayoutGrid },
  { section: 'pool', path: '/pool', label: 'Pool', icon: Droplets },
  { section: 'new', path: '/new', label: 'New project', icon: Plus },
];

const mostPinned = 9;

function Sidebar({ section }: { readonly section: Section }) {
  const { organization } = useOrganization();
  const { project } = useParams();
  const { name, slug, projects, pool } = organization;
  return (
    <aside className="sticky top-0 hidden h-dvh flex-col overflow-y-auto border-r border-line px-3 py-3 lg:flex">
      <Link
        to="/account"
        title="Organizations and account"
        className="flex items-center gap-2.5 rounded-md p-1.5 hover:bg-hover"
      >
        <Mark />
        <span className="flex-1 truncate font-semibold tracking-tight">{name}</span>
      </Link>
      <nav aria-label="Organization" className="mt-4 flex flex-col gap-px">
        {entries.map((entry) => (
          <Link
            key={entry.section}
            to={`/${slug}${entry.path}`}
            prefetch="intent"
            aria-current={section === entry.section && !project ? 'page' : undefined}
            className={cx(
              'flex h-8 items-center gap-2.5 rounded-md px-2 text-sm font-medium',
              section === entry.section && !project ? 'bg-hover text-fg' : 'text-muted hover:bg-hover hover:text-fg',
            )}
          >
            <entry.icon size={15} strokeWidth={1.9} aria-hidden />
            {entry.label}
          </Link>
        ))}
      </nav>
      {projects.nodes.length > 0 && (
        <>
          <div className="mt-6 px-2 text-xs font-medium text-subtle">Your projects</div>
          <nav aria-label="Your projects" className="mt-1 mb-4 flex flex-col gap-px">
            {projects.nodes.slice(0, mostPinned).map((each) => (
              <Link
                key={each.id}
                to={`/${slug}/${each.slug}`}
                prefetch="intent"
                className={cx(
                  'flex h-8 shrink-0 items-center gap-2 rounded-md px-2 text-sm hover:bg-hover',
                  project === each.slug ? 'bg-hover font-medium text-fg' : 'text-muted',
                )}
              >
                <span className="flex-1 truncate">{each.slug}</span>
                <Status state={stateOf(each)} variant="icon" />
              </Link>
            ))}
          </nav>
        </>
      )}
      <Link
        to={`/${slug}/pool`}
        className="mt-auto rounded-lg border border-line bg-surface p-3 shadow-1 hover:border-line-strong"
      >
        <span className="mb-2 flex justify-between text-xs">
          <span className="font-medium">Memory pool</span>
          <span className="num text-muted">
            {formatOf('memoryBytes', pool.allocated.memoryBytes)} of {formatOf('memoryBytes', pool.total.memoryBytes)}
          </span>
        </span>
        <PoolStrip
          height={10}
          total={pool.total.memoryBytes}
          format={(amount) => formatOf('memoryBytes', amount)}
          basins={basinsOf(organization, 'memoryBytes').map((basin) => ({ ...basin, held: basin.size }))}
        />
      </Link>
      <Account />
    </aside>
  );
}

function Account() {
  const { person } = useOrganization();
  const initials = person.name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
  return (
    <div className="mt-3 flex items-center gap-1 px-1">
      <Link to="/account" className="flex min-w-0 flex-1 items-center gap-2 rounded-md hover:text-fg">
        <span
          className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-2xs font-semibold text-accent"
          aria-hidden
        >
          {initials}
        </span>
        <span className="truncate text-sm text-muted">{person.name}</span>
      </Link>
      <Form method="post" action="/logout" reloadDocument>
        <Button type="submit" kind="quiet" small icon={LogOut} aria-label="Sign out" />
      </Form>
      <ThemeButton />
    </div>
  );
}

const ThemeButton = ({ className }: { readonly className?: string }) => (
  <Button kind="quiet" small aria-label="Switch theme" className={className} onClick={switchTheme}>
    <Moon size={15} className="-mx-0.5 dark:hidden" aria-hidden />
    <Sun size={15} className="-mx-0.5 hidden dark:block" aria-hidden />
  </Button>
);

function TopBar({ crumbs }: { readonly crumbs: readonly Crumb[] }) {
  const { organization } = useOrganization();
  const back = crumbs.length > 2 ? crumbs.at(-2)?.to : undefined;
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b border-line bg-bg/85 px-4 backdrop-blur-md lg:h-12 lg:px-8">
      {crumbs.length > 1 && back ? (
        <Link
          to={back}
          aria-label="Back"
          className="-ml-3 grid size-11 place-items-center rounded-md text-muted lg:hidden"
        >
          <ChevronLeft size={20} aria-hidden />
        </Link>
      ) : (
        <Link
          to={`/${organization.slug}`}
          className="flex min-h-11 min-w-0 items-center gap-2 font-semibold tracking-tight lg:hidden"
        >
          <Mark />
          <span className="truncate">{organization.name}</span>
        </Link>
      )}
      <nav
        aria-label="Breadcrumb"
        className={cx(
          'flex min-w-0 flex-1 items-center gap-1.5 text-sm text-muted',
          crumbs.length < 3 && 'max-lg:invisible',
        )}
      >
        {crumbs.map(({ label, to }, index) => (
          <Fragment key={label + index}>
            {index > 0 && (
              <span className={cx('text-subtle', index === 1 && 'max-lg:hidden')} aria-hidden>
                /
              </span>
            )}
            <span
              className={cx('truncate', !to && 'font-medium text-fg', index === 0 && 'max-lg:hidden')}
              aria-current={to ? undefined : 'page'}
            >
              {to ? (
                <Link to={to} prefetch="intent" className="hover:text-fg hover:underline">
                  {label}
                </Link>
              ) : (
                label
              )}
            </span>
          </Fragment>
        ))}
      </nav>
      <ThemeButton className="lg:hidden" />
    </header>
  );
}

function BottomBar({ section }: { readonly section: Section }) {
  const { organization } = useOrganization();
  const account = { section: null, path: '/account', label: 'Account', icon: CircleUser };
  const all = [...entries.map((entry) => ({ ...entry, path: `/${organization.slug}${entry.path}` })), account];
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-40 grid grid-cols-4 border-t border-line bg-surface/95 pb-[env(safe-area-inset-bottom)] backdrop-blur-md lg:hidden"
    >
      {all.map((entry) => (
        <Link
          key={entry.label}
          to={entry.path}
          aria-current={section === entry.section ? 'page' : undefined}
          className={cx(
            'flex h-14 flex-col items-center justify-center gap-1 text-2xs font-medium',
            section === entry.section ? 'text-fg' : 'text-subtle',
          )}
        >
          <entry.icon size={19} strokeWidth={1.9} aria-hidden />
          {entry.label}
        </Link>
      ))}
    </nav>
  );
}
