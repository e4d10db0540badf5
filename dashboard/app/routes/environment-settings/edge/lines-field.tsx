import type { ReactNode } from 'react';
import { cx } from '../../../ui/cx.js';
import { FieldError, inputClasses } from '../../../ui/field.js';

type Props = {
  readonly name: string;
  readonly label: string;
  readonly lines: string;
  readonly placeholder: string;
  readonly hint: ReactNode;
  readonly wrong: string | undefined;
};

/** Something of which there are several, a line each. */
export function LinesField({ name, label, lines, placeholder, hint, wrong }: Props) {
  const id = `${name}-lines`;
  return (
    <div className="min-w-0 sm:col-span-2">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      <textarea
        id={id}
        name={name}
        rows={Math.min(10, Math.max(3, lines.split('\n').length + 1))}
        spellCheck={false}
        autoCapitalize="none"
        wrap="off"
        placeholder={placeholder}
        defaultValue={lines}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={wrong ? `${id}-error ${id}-hint` : `${id}-hint`}
        className={cx(inputClasses, 'mt-1.5 h-auto min-h-24 py-2 font-mono', wrong && 'border-bad-fill')}
      />
      <p id={`${id}-hint`} className="mt-1.5 text-xs text-subtle">
        {hint}
      </p>
      <FieldError id={`${id}-error`}>{wrong}</FieldError>
    </div>
  );
}
