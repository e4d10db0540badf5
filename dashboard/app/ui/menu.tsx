import type { LucideIcon } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef, useState } from 'react';
import { cx } from './cx.js';
import { later } from './later.js';

export type MenuItem = {
  readonly label: string;
  readonly icon?: LucideIcon;
  readonly hint?: string;
  readonly isCurrent?: boolean;
} & ({ readonly to: string } | { readonly onSelect: () => void });

export type MenuGroup = { readonly title?: string; readonly items: readonly MenuItem[] };

/** What the thing that opens the menu must pass on to its button or link. */
export type MenuTrigger = {
  readonly 'aria-haspopup': 'menu';
  readonly 'aria-expanded': boolean;
  readonly onClick: (event: MouseEvent) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPointerEnter: () => void;
  readonly onFocus: () => void;
};

export type MenuPanelProps = {
  readonly label: string;
  readonly groups: readonly MenuGroup[];
  readonly align: 'start' | 'end';
  readonly side: 'top' | 'bottom';
  readonly trigger: () => HTMLElement | null;
  readonly onClose: () => void;
};

type Props = Pick<MenuPanelProps, 'label' | 'groups'> &
  Partial<Pick<MenuPanelProps, 'align' | 'side'>> & {
    readonly className?: string;
    readonly children: (trigger: MenuTrigger) => ReactNode;
  };

const MenuPanel = later<MenuPanelProps>(() => import('./menu-panel.js').then(({ MenuPanel }) => MenuPanel));

/** A button or link that opens a list of things to do. Without scripts a link still leads somewhere. */
export function Menu({ label, groups, align = 'start', side = 'bottom', className, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  const preload = () => void MenuPanel.preload();
  const open = (event: KeyboardEvent | MouseEvent) => {
    event.preventDefault();
    setOpen((before) => !before);
  };
  return (
    <span ref={box} className={cx('relative flex', className)}>
      {children({
        'aria-haspopup': 'menu',
        'aria-expanded': isOpen,
        onClick: open,
        onKeyDown: (event) => event.key === 'ArrowDown' && open(event),
        onPointerEnter: preload,
        onFocus: preload,
      })}
      {isOpen && (
        <MenuPanel
          {...{ label, groups, align, side }}
          trigger={() => box.current?.querySelector<HTMLElement>('[aria-haspopup]') ?? null}
          onClose={() => setOpen(false)}
        />
      )}
    </span>
  );
}
