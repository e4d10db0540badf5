import { Link } from '@remix-run/react';
import { CircleUser, LogOut, type LucideIcon, Menu as MenuIcon, SunMoon } from 'lucide-react';
import { cx } from '../ui/cx.js';
import { Menu } from '../ui/menu.js';
import { useHere } from './here.js';
import { useOrganization } from './organization-context.js';
import { sections } from './sections.js';
import { signOut } from './sign-out.js';
import { switchTheme } from './theme.js';

const place = 'flex h-14 flex-1 flex-col items-center justify-center gap-1 text-2xs font-medium';

/** The parts of an organization on a phone: three, and all else behind the fourth. */
export function BottomBar() {
  const { slug } = useOrganization().organization;
  const { section } = useHere();
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-40 grid grid-cols-4 border-t border-line bg-surface/95 pb-[env(safe-area-inset-bottom)] backdrop-blur-md lg:hidden"
    >
      {sections
        .filter(({ isMain }) => isMain)
        .map((entry) => (
          <Link
            key={entry.section}
            to={`/${slug}${entry.path}`}
            aria-current={section === entry.section ? 'page' : undefined}
            className={cx(place, section === entry.section ? 'text-fg' : 'text-subtle')}
          >
            <Inside icon={entry.icon} label={entry.label} />
          </Link>
        ))}
      <More />
    </nav>
  );
}

function More() {
  const { slug } = useOrganization().organization;
  const rest = sections.filter(({ isMain }) => !isMain);
  const items = [
    ...rest.map(({ label, icon, path }) => ({ label, icon, to: `/${slug}${path}` })),
    { label: 'Account', icon: CircleUser, to: '/account' },
    { label: 'Switch theme', icon: SunMoon, onSelect: switchTheme },
  ];
  const leave = { label: 'Sign out', icon: LogOut, onSelect: signOut };
  return (
    <Menu label="More" groups={[{ items }, { items: [leave] }]} side="top" align="end">
      {(trigger) => (
        <Link to="/account" {...trigger} className={cx(place, 'text-subtle')}>
          <Inside icon={MenuIcon} label="More" />
        </Link>
      )}
    </Menu>
  );
}

const Inside = ({ icon: Icon, label }: { readonly icon: LucideIcon; readonly label: string }) => (
  <>
    <Icon size={19} strokeWidth={1.9} aria-hidden />
    {label}
  </>
);
