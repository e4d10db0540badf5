import { Link } from '@remix-run/react';
import type { LucideIcon } from 'lucide-react';
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from 'react';
import { cx } from './cx.js';

type Look = {
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly small?: boolean;
  readonly icon?: LucideIcon;
};
type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & Look;

export function Button({ kind, small, icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={cx(classesOf({ kind, small }, Boolean(children)), className)} {...rest}>
      <Inside icon={icon}>{children}</Inside>
    </button>
  );
}

type LinkProps = Look & AnchorHTMLAttributes<HTMLAnchorElement> & { readonly to: string; readonly children: ReactNode };

/** Looks like a button and leads to a page; an address outside opens beside this one. */
export function ButtonLink({ to, kind, small, icon, className, children, ...rest }: LinkProps) {
  const classes = cx(classesOf({ kind, small }, true), className);
  if (!/^https?:/.test(to)) {
    return (
      <Link to={to} prefetch="intent" className={classes} {...rest}>
        <Inside icon={icon}>{children}</Inside>
      </Link>
    );
  }
  return (
    <a href={to} target="_blank" rel="noreferrer" className={classes} {...rest}>
      <Inside icon={icon}>{children}</Inside>
    </a>
  );
}

function classesOf({ kind = 'plain', small }: Look, hasWords: boolean): string {
  const square = small ? 'w-7 coarse:min-w-11' : 'w-8 coarse:min-w-11';
  return cx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border text-sm font-medium whitespace-nowrap transition-colors duration-100 disabled:opacity-45 coarse:min-h-11',
    small ? 'h-7' : 'h-8',
    hasWords ? (small ? 'px-2' : 'px-3') : square,
    kind === 'primary' && 'border-transparent bg-primary text-on-primary hover:opacity-88',
    kind === 'danger' && 'border-transparent bg-bad-solid text-on-bad hover:opacity-88',
    kind === 'plain' && 'border-line-strong bg-surface shadow-1 hover:bg-raised',
    kind === 'quiet' && 'border-transparent text-muted hover:bg-hover hover:text-fg',
  );
}

const Inside = ({ icon: Icon, children }: { readonly icon?: LucideIcon; readonly children?: ReactNode }) => (
  <>
    {Icon && <Icon size={15} strokeWidth={2} className="shrink-0" aria-hidden />}
    {children}
  </>
);
