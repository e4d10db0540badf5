import { Plus, X } from 'lucide-react';
import { type ClipboardEvent, useState } from 'react';
import { Button } from '../ui/button.js';
import { FieldError, inputClasses } from '../ui/field.js';
import { cx } from '../ui/cx.js';
import { parseEnv } from './parse.js';
import { isSecretUnsaid, type Known } from './is-secret-unsaid.js';

type Row = {
  readonly id: number;
  readonly key: string;
  readonly value: string;
  /** Null until somebody has said it. */
  readonly isSecret: boolean | null;
};

type Props = {
  readonly errorOf: (index: number, field: string) => string | undefined;
  /** Those that are there already. */
  readonly known?: readonly Known[];
};

const empty = (id: number): Row => ({ id, key: '', value: '', isSecret: null });

/** Rows of key and value. A pasted .env file fills them. Without scripts there are three rows, of secrets unless unticked. */
export function VariablesEditor({ errorOf, known = [] }: Props) {
  const [rows, setRows] = useState<readonly Row[]>([empty(0), empty(1), empty(2)]);
  const change = (id: number, part: Partial<Row>) =>
    setRows((all) => all.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const nextId = Math.max(-1, ...rows.map(({ id }) => id)) + 1;

  const onPaste = (event: ClipboardEvent) => {
    const pasted = parseEnv(event.clipboardData.getData('text'));
    if (pasted.length === 0) return;
    event.preventDefault();
    const kept = rows.filter(({ key }) => key);
    const added = pasted.map((one, index) => ({ ...one, id: nextId + index, isSecret: null }));
    setRows([...kept, ...added, empty(nextId + added.length)]);
  };

  return (
    <div onPaste={onPaste}>
      <ul className="grid gap-2">
        {rows.map((row, index) => (
          <li
            key={row.id}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,1.6fr)_auto_auto]"
          >
            <div className="min-w-0">
              <input
                name="key"
                aria-label={`Key of variable ${index + 1}`}
                aria-invalid={errorOf(index, 'key') ? true : undefined}
                placeholder={index === 0 ? 'KEY, or paste a .env file' : 'KEY'}
                value={row.key}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => change(row.id, { key: event.target.value })}
                className={cx(inputClasses, 'font-mono lg:text-xs')}
              />
              <FieldError id={`variable-${index}-error`}>{errorOf(index, 'key') ?? errorOf(index, 'value')}</FieldError>
            </div>
            <input
              name="value"
              aria-label={`Value of variable ${index + 1}`}
              placeholder="value"
              value={row.value}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => change(row.id, { value: event.target.value })}
              className={cx(inputClasses, 'font-mono max-sm:order-3 max-sm:col-span-2 lg:text-xs')}
            />
            <label className="inline-flex h-9 items-center gap-1.5 text-sm text-muted max-sm:order-4 coarse:h-11">
              <input
                type="checkbox"
                name="secret"
                value={index}
                checked={row.isSecret ?? isSecretUnsaid(row.key, known)}
                onChange={(event) => change(row.id, { isSecret: event.target.checked })}
                className="size-4 accent-[var(--accent-solid)]"
              />
              Secret
            </label>
            <Button
              kind="quiet"
              icon={X}
              aria-label={`Leave variable ${index + 1} out`}
              className="h-9"
              onClick={() =>
                setRows((all) => (all.length > 1 ? all.filter(({ id }) => id !== row.id) : [empty(nextId)]))
              }
            />
          </li>
        ))}
      </ul>
      <Button kind="quiet" small icon={Plus} className="mt-2" onClick={() => setRows((all) => [...all, empty(nextId)])}>
        Add a row
      </Button>
    </div>
  );
}
