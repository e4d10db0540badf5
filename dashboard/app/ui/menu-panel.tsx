import { Link } from '@remix-run/react';
import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { mainOfPage } from './main-of-page.js';
import type { MenuItem, MenuPanelProps } from './menu.js';

/** Stands where the menu's button is, which was there first and keeps the focus. */
export function MenuPanel({ label, groups, align, side, trigger, onClose }: MenuPanelProps) {
  const isTrigger = (target: EventTarget | null) => target instanceof Node && trigger()?.contains(target);
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(isOpen) => isOpen || onClose()}>
      <DropdownMenu.Trigger asChild>
        <span className="pointer-events-none absolute inset-0" aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={mainOfPage()}>
        <DropdownMenu.Content
          aria-label={label}
          aria-labelledby={undefined}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={12}
          className="rise floating z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-52 overflow-y-auto rounded-lg p-1"
          onPointerDownOutside={(event) => isTrigger(event.target) && event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            trigger()?.focus();
          }}
        >
          {groups.map(({ title, items }, index) => (
            <DropdownMenu.Group key={title ?? index} aria-label={title}>
              {index > 0 && <DropdownMenu.Separator className="-mx-1 my-1 h-px bg-line" />}
              {title && (
                <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-xs text-subtle">{title}</DropdownMenu.Label>
              )}
              {items.map((item) => (
                <Item key={item.label} item={item} />
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const classes =
  'flex min-h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 text-sm outline-none data-highlighted:bg-hover coarse:min-h-11';

function Item({ item }: { readonly item: MenuItem }) {
  const { label, icon: Icon, hint, isCurrent } = item;
  const inside = (
    <>
      {Icon && <Icon size={15} className="shrink-0 text-muted" aria-hidden />}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{label}</span>
        {hint && <span className="block truncate text-xs text-subtle">{hint}</span>}
      </span>
      {isCurrent && <Check size={14} className="shrink-0" aria-hidden />}
    </>
  );
  if ('to' in item) {
    return (
      <DropdownMenu.Item asChild className={classes}>
        <Link to={item.to} prefetch="intent" aria-current={isCurrent ? 'true' : undefined}>
          {inside}
        </Link>
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.Item className={classes} onSelect={item.onSelect}>
      {inside}
    </DropdownMenu.Item>
  );
}
