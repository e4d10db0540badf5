import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';

/** Settings that belong together; each entry leads to a page of them, or to a part of this one by `#`. */
export type SettingsGroup = {
  readonly title: string;
  readonly entries: readonly { readonly label: string; readonly to: string }[];
};

type Props = { readonly groups: readonly SettingsGroup[]; readonly children: ReactNode };

/** A page of settings: what there is on the left, on a phone above, and the settings themselves. */
export const SettingsFrame = ({ groups, children }: Props) => (
  <div className="mt-6 gap-10 lg:grid lg:grid-cols-[180px_minmax(0,1fr)]">
    <nav aria-label="Settings" className="max-lg:mb-5">
      {groups.map(({ title, entries }) => (
        <div key={title} className="mb-4 max-lg:mb-1">
          <p className="px-2 pb-1 text-xs font-medium text-subtle max-lg:sr-only">{title}</p>
          <ul className="no-bar flex gap-px max-lg:-mx-4 max-lg:overflow-x-auto max-lg:px-2 lg:flex-col">
            {entries.map(({ label, to }) => (
              <li key={label}>
                <Link
                  to={to}
                  className="flex min-h-8 items-center rounded-md px-2 text-sm font-medium whitespace-nowrap text-muted hover:bg-hover hover:text-fg coarse:min-h-11"
                >
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-4">{children}</div>
  </div>
);
