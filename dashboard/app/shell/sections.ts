import {
  CreditCard,
  Droplets,
  KeyRound,
  LayoutGrid,
  type LucideIcon,
  Plus,
  ScrollText,
  Settings,
  Users,
} from 'lucide-react';

export type Section = 'projects' | 'pool' | 'new' | 'plan' | 'members' | 'tokens' | 'audit' | 'settings';

type Entry = {
  readonly section: Section;
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** It has a place in the bar of a phone, which holds three. */
  readonly isMain?: boolean;
};

/** The parts of an organization, in the order in which the sidebar names them. */
export const sections: readonly Entry[] = [
  { section: 'projects', path: '', label: 'Projects', icon: LayoutGrid, isMain: true },
  { section: 'pool', path: '/pool', label: 'Pool', icon: Droplets, isMain: true },
  { section: 'new', path: '/new', label: 'New project', icon: Plus, isMain: true },
  { section: 'members', path: '/members', label: 'Members', icon: Users },
  { section: 'tokens', path: '/tokens', label: 'Tokens', icon: KeyRound },
  { section: 'audit', path: '/audit', label: 'Audit log', icon: ScrollText },
  { section: 'plan', path: '/billing', label: 'Plan', icon: CreditCard },
  { section: 'settings', path: '/settings', label: 'Settings', icon: Settings },
];
