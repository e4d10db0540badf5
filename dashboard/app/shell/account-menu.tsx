import { Link } from '@remix-run/react';
import { CircleUser, Keyboard, LogOut, Server } from 'lucide-react';
import { Menu } from '../ui/menu.js';
import { useOrganization } from './organization-context.js';
import { useOverlays } from './overlays.js';
import { signOut } from './sign-out.js';

/** Who is signed in, and what is about them rather than about an organization. */
export function AccountMenu() {
  const { person, isOperator } = useOrganization();
  const { show } = useOverlays();
  const items = [
    { label: 'Account', icon: CircleUser, to: '/account' },
    ...(isOperator ? [{ label: 'Platform', icon: Server, to: '/platform' }] : []),
    { label: 'Keyboard shortcuts', icon: Keyboard, onSelect: () => show('keys') },
  ];
  const leave = { label: 'Sign out', icon: LogOut, onSelect: signOut };
  return (
    <Menu label="Account" groups={[{ items }, { items: [leave] }]} side="top" className="min-w-0 flex-1">
      {(trigger) => (
        <Link
          to="/account"
          {...trigger}
          className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md pr-2 hover:bg-hover"
        >
          <span
            className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-2xs font-semibold text-accent"
            aria-hidden
          >
            {initialsOf(person.name)}
          </span>
          <span className="truncate text-sm text-muted">{person.name}</span>
        </Link>
      )}
    </Menu>
  );
}

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
