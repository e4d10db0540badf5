import { FieldError, inputClasses } from '../ui/field.js';
import { cx } from '../ui/cx.js';
import { amountOf, formatOf, type ResourceName, resourceKinds, typedOf } from './resources.js';

type Props = {
  readonly name: ResourceName;
  readonly typed: string;
  readonly onTyped: (text: string) => void;
  readonly total: number;
  readonly free: number;
  /** Half of the pool: no project may hold more. */
  readonly most: number;
  readonly error?: string;
};

/** An amount of one resource: typed, or drawn on a track that shows what is free and where half of the pool is. */
export function SliceField({ name, typed, onTyped, total, free, most, error }: Props) {
  const kind = resourceKinds[name];
  const amount = amountOf(name, typed) ?? 0;
  const limit = Math.min(free, most);
  const isOver = amount > limit;
  const share = (of: number) => `${Math.min(100, (of / total) * 100)}%`;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_128px] items-center gap-x-5 gap-y-1 lg:grid-cols-[110px_minmax(0,1fr)_150px]">
      <label htmlFor={name} className="text-sm font-medium">
        {kind.label}
      </label>
      <div className="relative h-6 max-lg:order-3 max-lg:col-span-2">
        <div className="track absolute inset-x-0 top-[9px] h-1.5 rounded-full bg-raised" />
        <div className="hatch absolute top-[9px] h-1.5" style={{ left: share(most), right: 0 }} />
        <div
          className="absolute top-[9px] left-0 h-1.5 rounded-full opacity-30"
          style={{ width: share(limit), background: 'var(--cat-1)' }}
        />
        <div
          className={cx('level absolute top-[9px] left-0 h-1.5 rounded-full', isOver && 'bg-bad-fill')}
          style={{ width: share(amount), ...(isOver ? {} : { background: 'var(--cat-1)' }) }}
        />
        <div
          className="absolute top-[5px] h-3.5 w-0.5 rounded-full bg-muted"
          style={{ left: share(most) }}
          title={`Half of the pool: ${formatOf(name, most)}`}
        />
        <input
          type="range"
          className="slice"
          min={0}
          max={total}
          step={kind.step}
          value={amount}
          onChange={(event) =>
            onTyped(typedOf(name, Math.max(kind.least, Math.min(Number(event.target.value), limit))))
          }
          aria-label={`${kind.label}, drawn`}
          aria-valuetext={formatOf(name, amount)}
        />
      </div>
      <div className="flex items-center gap-2">
        <input
          id={name}
          name={name}
          value={typed}
          inputMode="decimal"
          autoComplete="off"
          onChange={(event) => onTyped(event.target.value)}
          aria-invalid={error || isOver ? true : undefined}
          aria-describedby={`${name}-rule`}
          className={cx(inputClasses, 'num max-w-24 text-right', (error || isOver) && 'border-bad-fill')}
        />
        <span className="text-sm whitespace-nowrap text-muted">{kind.unitName.replace(' a month', '')}</span>
      </div>
      <p
        id={`${name}-rule`}
        className={cx(
          'num text-xs max-lg:order-4 max-lg:col-span-2 lg:col-start-2',
          isOver ? 'text-bad' : 'text-subtle',
        )}
      >
        {isOver
          ? ruleBroken(name, amount, free, most)
          : `${formatOf(name, free)} free, at most ${formatOf(name, most)} for one project`}
      </p>
      <div className="max-lg:order-5 max-lg:col-span-2 lg:col-start-2">
        <FieldError id={`${name}-error`}>{error}</FieldError>
      </div>
    </div>
  );
}

function ruleBroken(name: ResourceName, amount: number, free: number, most: number): string {
  if (amount > most) return `One project may hold at most half of the pool: ${formatOf(name, most)}.`;
  return `Only ${formatOf(name, free)} of ${resourceKinds[name].lower} are free. Take some from another project first.`;
}
