import type { SelectHTMLAttributes } from 'react';
import { cx } from './cx.js';
import { FieldError, inputClasses } from './field.js';

type Props = SelectHTMLAttributes<HTMLSelectElement> & {
  readonly name: string;
  readonly label: string;
  /** The label is only for who hears it: what is beside it says the same. */
  readonly isBare?: boolean;
  readonly error?: string;
  readonly options: readonly (readonly [value: string, text: string])[];
};

/** One of a few. */
export function Select({ label, isBare, error, options, className, id, ...rest }: Props) {
  const name = id ?? rest.name;
  return (
    <div className={cx('min-w-0', className)}>
      <label htmlFor={name} className={cx(isBare ? 'sr-only' : 'block text-sm font-medium')}>
        {label}
      </label>
      <select
        id={name}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${name}-error` : undefined}
        className={cx(inputClasses, !isBare && 'mt-1.5')}
        {...rest}
      >
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <FieldError id={`${name}-error`}>{error}</FieldError>
    </div>
  );
}
