import { useEffect, useState } from 'react';
import type { Basin } from '../../pool/pool-strip.js';
import { amountOf, formatOf, type ResourceName, resourceKinds, typedOf } from '../../pool/resources.js';
import { stateOf } from '../../deployment/state.js';
import { useOrganization } from '../../shell/organization-context.js';
import { cx } from '../../ui/cx.js';
import { inputClasses } from '../../ui/field.js';
import { Status } from '../../ui/status.js';

type Props = {
  readonly basin: Basin;
  readonly was: number;
  readonly resource: ResourceName;
  readonly most: number;
  readonly isActive: boolean;
  readonly onActive: (id: string | null) => void;
  readonly onSize: (amount: number) => void;
};

/** One project's slice: drawn over what is in use of it, or typed. */
export function SliceRow({ basin, was, resource, most, isActive, onActive, onSize }: Props) {
  const { organization } = useOrganization();
  const project = organization.projects.nodes.find(({ id }) => id === basin.id);
  const { size, held, holding, cat, name } = basin;
  const share = (amount: number) => `${Math.min(100, (amount / most) * 100)}%`;
  const colour = `var(--cat-${cat})`;
  return (
    <li
      onPointerEnter={() => onActive(basin.id)}
      onPointerLeave={() => onActive(null)}
      className={cx(
        'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-3 lg:h-[66px] lg:grid-cols-[190px_minmax(0,1fr)_140px_84px] lg:px-5 lg:py-0',
        isActive && 'bg-hover',
      )}
    >
      <div className="flex min-w-0 items-center gap-2.5">
        <span className="h-8 w-1 shrink-0 rounded-full" style={{ background: colour }} />
        <span className="min-w-0">
          <span className="block truncate font-semibold">{name}</span>
          {project && <Status state={stateOf(project)} className="!text-xs" />}
        </span>
      </div>
      <div className="max-lg:order-3 max-lg:col-span-2 max-lg:mt-2">
        <div className="relative h-6">
          <div className="track absolute inset-x-0 top-[9px] h-1.5 rounded-full bg-raised" />
          <div
            className="absolute top-[9px] left-0 h-1.5 rounded-full opacity-30"
            style={{ width: share(size), background: colour }}
          />
          <div
            className="level absolute top-[9px] left-0 h-1.5 rounded-full"
            style={{ width: share(Math.min(held, size)), background: colour }}
          />
          <input
            type="range"
            className="slice"
            min={0}
            max={most}
            step={resourceKinds[resource].step}
            value={size}
            onChange={(event) => onSize(Number(event.target.value))}
            aria-label={`${resourceKinds[resource].label} for ${name}`}
            aria-valuetext={formatOf(resource, size)}
          />
        </div>
        <div className="num mt-0.5 flex justify-between gap-3 text-xs text-subtle">
          <span className="first-letter:uppercase">{holding}</span>
          <span>{formatOf(resource, most)} is half</span>
        </div>
      </div>
      <Typed amount={size} resource={resource} name={name} onSize={onSize} />
      <div className={cx('num text-right text-sm max-lg:hidden', size > was ? 'text-ok' : 'text-muted')}>
        {size === was ? '' : `${size > was ? '+' : '−'}${formatOf(resource, Math.abs(size - was))}`}
      </div>
    </li>
  );
}

type TypedProps = {
  readonly amount: number;
  readonly resource: ResourceName;
  readonly name: string;
  readonly onSize: (amount: number) => void;
};

/** Takes effect when the field is left or Enter is pressed; what is no amount goes back to what it was. */
function Typed({ amount, resource, name, onSize }: TypedProps) {
  const shown = typedOf(resource, amount);
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  const commit = () => {
    const wanted = amountOf(resource, typed);
    if (wanted === null || wanted === amount) setTyped(shown);
    else onSize(wanted);
  };
  const { label, unitName } = resourceKinds[resource];
  return (
    <label className="flex items-center justify-end gap-2">
      <input
        value={typed}
        inputMode="decimal"
        autoComplete="off"
        aria-label={`${label} for ${name}, typed, in ${unitName}`}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
        className={cx(inputClasses, 'num h-8 max-w-20 text-right font-semibold')}
      />
      <span className="w-9 text-sm text-muted">{unitName.replace(' a month', '')}</span>
    </label>
  );
}
