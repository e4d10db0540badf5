import type { KeyboardEvent } from 'react';
import { formatOf, type ResourceName, resourceKinds, resourceNames, type Resources } from '../../pool/resources.js';
import { cx } from '../../ui/cx.js';

type Props = {
  readonly pool: { readonly total: Resources };
  readonly free: Resources;
  readonly resource: ResourceName;
  readonly onResource: (resource: ResourceName) => void;
};

/** What is free of each resource; pressing a card divides that one. */
export function Cards({ pool, free, resource, onResource }: Props) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next =
      resourceNames[(resourceNames.indexOf(resource) + step + resourceNames.length) % resourceNames.length] ?? resource;
    onResource(next);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Resource" className="mt-5 grid grid-cols-3 gap-2 lg:gap-3" onKeyDown={onKeyDown}>
      {resourceNames.map((name) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          aria-selected={name === resource}
          aria-controls="resource-panel"
          tabIndex={name === resource ? 0 : -1}
          onClick={() => onResource(name)}
          className={cx(
            'min-w-0 rounded-lg border p-3 text-left transition-colors lg:px-4',
            name === resource ? 'border-fg bg-surface shadow-1' : 'border-line hover:border-line-strong',
          )}
        >
          <span className="block text-xs text-muted">{resourceKinds[name].label}</span>
          <span className="num mt-0.5 block truncate font-semibold lg:text-lg">
            {formatOf(name, free[name])}
            <span className="font-normal text-muted max-lg:block max-lg:text-xs"> free</span>
          </span>
          <span className="track mt-2 block h-1 overflow-hidden rounded-full bg-raised">
            <span
              className="level block h-full rounded-full bg-accent-solid"
              style={{ width: `${(1 - free[name] / pool.total[name]) * 100}%` }}
            />
          </span>
        </button>
      ))}
    </div>
  );
}
