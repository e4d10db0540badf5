import { Building2, CircleUser, Keyboard, LogOut, Server, SunMoon } from 'lucide-react';
import { signOut } from '../shell/sign-out.js';
import { switchTheme } from '../shell/theme.js';
import type { Command } from './command.js';

type Other = { readonly slug: string; readonly name: string };

/** What is about the person and this browser. */
export const settings = (
  { others, isOperator }: { readonly others: readonly Other[]; readonly isOperator: boolean },
  showKeys: () => void,
): readonly Command[] => [
  ...others.map(({ slug, name }) =>
    setting(`organization ${slug}`, `Switch to ${name}`, Building2, { to: `/${slug}` }, 'organization'),
  ),
  setting('account', 'Account', CircleUser, { to: '/account' }, 'profile preferences'),
  ...(isOperator ? [setting('platform', 'Platform', Server, { to: '/platform' }, 'operator plans organizations')] : []),
  setting('theme', 'Switch theme', SunMoon, { act: switchTheme }, 'light dark'),
  setting('keys', 'Keyboard shortcuts', Keyboard, { act: showKeys }, 'keys help'),
  setting('sign-out', 'Sign out', LogOut, { act: signOut }, 'log out leave'),
];

const setting = (id: string, title: string, icon: Command['icon'], run: Command['run'], words: string): Command => ({
  id,
  group: 'Settings',
  title,
  icon,
  run,
  words,
});
