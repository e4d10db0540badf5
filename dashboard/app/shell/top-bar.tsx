import { Link } from '@remix-run/react';
import { ChevronLeft } from 'lucide-react';
import { Fragment } from 'react';
import { PaletteIcon } from '../palette/palette-button.js';
import { cx } from '../ui/cx.js';
import { Hearing } from './hearing.js';
import { type Crumb, useHere } from './here.js';
import { OrganizationMenu } from './organization-menu.js';

/** The way to this page; on a phone the way back. */
export function TopBar() {
  const { crumbs } = useHere();
  const back = crumbs.length > 2 ? crumbs.at(-2)?.to : undefined;
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b border-line bg-bg/85 px-4 backdrop-blur-md lg:h-12 lg:px-8">
      {back ? (
        <Link
          to={back}
          aria-label="Back"
          className="-ml-3 grid size-11 shrink-0 place-items-center rounded-md text-muted lg:hidden"
        >
          <ChevronLeft size={20} aria-hidden />
        </Link>
      ) : (
        <OrganizationMenu className="lg:hidden" />
      )}
      <Breadcrumb crumbs={crumbs} />
      <Hearing />
      <PaletteIcon />
    </header>
  );
}

const Breadcrumb = ({ crumbs }: { readonly crumbs: readonly Crumb[] }) => (
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
);
