import type { InputHTMLAttributes, ReactNode } from 'react';
import { cx } from './cx.js';

type FieldProps = InputHTMLAttributes<HTMLInputElement> & {
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string;
};

/** A labelled input with its hint, and under it what is wrong with what was sent. */
export function Field({ label, hint, error, className, id, ...rest }: FieldProps) {
  const name = id ?? rest.name;
  const described = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ') || undefined;
  return (
    <div className={cx('min-w-0', className)}>
      <label htmlFor={name} className="block text-sm font-medium">
        {label}
      </label>
      <input
        id={name}
        aria-invalid={error ? true : undefined}
        aria-describedby={described}
        className={cx(inputClasses, 'mt-1.5', error && 'border-bad-fill')}
        {...rest}
      />
      {hint && (
        <p id={`${name}-hint`} className="mt-1.5 text-xs text-subtle">
          {hint}
        </p>
      )}
      <FieldError id={`${name}-error`}>{error}</FieldError>
    </div>
  );
}

export const FieldError = ({ id, children }: { readonly id: string; readonly children?: ReactNode }) =>
  children ? (
    <p id={id} className="mt-1.5 text-sm text-bad">
      {children}
    </p>
  ) : null;

/** 16 px on small screens: below that iOS zooms into what is typed in. */
export const inputClasses =
  'block h-9 w-full min-w-0 rounded-md border border-control bg-surface px-2.5 text-base text-fg placeholder:text-subtle max-lg:text-[16px] coarse:h-11';
