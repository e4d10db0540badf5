import { Link } from '@remix-run/react';
import { ChevronsUpDown, CircleUser, Plus } from 'lucide-react';
import { cx } from '../ui/cx.js';
import { Mark } from '../ui/mark.js';
import { Menu } from '../ui/menu.js';
import { useOrganization } from './organization-context.js';

/** Which organization this is, and the way to the others. */
export function OrganizationMenu({ className }: { readonly className?: string }) {
  const { organization, organizations } = useOrganization();
  const all = organizations.map(({ slug, name, viewerRole }) => ({
    label: name,
    hint: viewerRole.toLowerCase(),
    to: `/${slug}`,
    isCurrent: slug === organization.slug,
  }));
  const another = { label: 'New organization', icon: Plus, to: '/new' };
  const account = { label: 'Account', icon: CircleUser, to: '/account' };
  return (
    <Menu
      label="Organizations"
      groups={[{ title: 'Organizations', items: all }, { items: [another, account] }]}
      className={cx('min-w-0', className)}
    >
      {(trigger) => (
        <Link
          to="/account"
          {...trigger}
          className="flex min-w-0 flex-1 items-center gap-2.5 rounded-md p-1.5 hover:bg-hover max-lg:min-h-11 max-lg:pl-0"
        >
          <Mark />
          <span className="min-w-0 flex-1 truncate font-semibold tracking-tight">{organization.name}</span>
          <ChevronsUpDown size={14} className="shrink-0 text-subtle" aria-hidden />
        </Link>
      )}
    </Menu>
  );
}
