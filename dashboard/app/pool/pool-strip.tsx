import type { ReactNode } from 'react';
import { cx } from '../ui/cx.js';
import type { Water as WaterOfBasin } from './water.js';

/** A project's part of the pool. */
export type Basin = WaterOfBasin & {
  readonly id: string;
  readonly name: string;
  readonly cat: number;
  readonly size: number;
};

type Props = {
  readonly basins: readonly Basin[];
  readonly total: number;
  readonly height: number;
  readonly format: (amount: number) => string;
  readonly labels?: boolean;
  /** What it is a picture of, where no words beside it say the same. */
  readonly name?: string;
  readonly active?: string | null;
  readonly onActive?: (id: string | null) => void;
  readonly handles?: (index: number) => ReactNode;
};

/** The pool: a basin for each project. Its width is the slice, its water what is in use of it; the hatch is nobody's. */
export function PoolStrip({ basins, total, height, labels, name, format, active, onActive, handles }: Props) {
  const free = total - basins.reduce((sum, { size }) => sum + size, 0);
  const faint = (id: string) => Boolean(active) && active !== id;
  return (
    <div
      className={cx('relative flex w-full gap-[3px]', labels && 'lg:mt-11')}
      style={{ height }}
      onPointerLeave={() => onActive?.(null)}
      {...(handles ? {} : spoken(name, basins, free, format))}
    >
      {basins.map((basin, index) => (
        <div
          key={basin.id}
          className="@container relative min-w-[3px]"
          style={{ flexGrow: basin.size, flexBasis: 0 }}
          onPointerEnter={() => onActive?.(basin.id)}
        >
          <Water basin={basin} faint={faint(basin.id)} title={titleOf(basin, format)} />
          {labels && <Label name={basin.name} size={format(basin.size)} faint={faint(basin.id)} />}
          {handles?.(index)}
        </div>
      ))}
      {free > total * 0.001 && (
        <div
          className="hatch @container relative rounded-sm outline-1 -outline-offset-1 outline-line-strong outline-dashed"
          style={{ flexGrow: free, flexBasis: 0 }}
          title={`${format(free)} unassigned`}
        >
          {labels && <Label name="Unassigned" size={format(free)} faint={Boolean(active)} />}
        </div>
      )}
    </div>
  );
}

/** For who does not see it: the slices one after the other, or nothing where they are written beside it. */
function spoken(name: string | undefined, basins: readonly Basin[], free: number, format: Props['format']) {
  if (!name) return { 'aria-hidden': true };
  const slices = basins.map((basin) => `${basin.name} ${format(basin.size)}`);
  return { role: 'img', 'aria-label': `${name}: ${[...slices, `${format(Math.max(0, free))} unassigned`].join(', ')}` };
}

const titleOf = ({ name, size, holding }: Basin, format: Props['format']) => `${name}: ${format(size)}, ${holding}`;

function Water({ basin, faint, title }: { readonly basin: Basin; readonly faint: boolean; readonly title: string }) {
  const colour = `var(--cat-${basin.cat})`;
  const level = basin.size > 0 ? Math.min(1, basin.held / basin.size) : 0;
  return (
    <div
      className={cx(
        'track absolute inset-0 overflow-hidden rounded-sm transition-opacity duration-150',
        faint && 'opacity-45',
        basin.isAsleep && 'hatch',
      )}
      style={{ backgroundColor: `color-mix(in oklab, ${colour} ${basin.isAsleep ? 8 : 18}%, var(--surface))` }}
      title={title}
    >
      <div
        className="level absolute inset-x-0 bottom-0 transition-[height] duration-300 ease-out"
        style={{ height: `${level * 100}%`, background: colour, opacity: 0.8 }}
      />
    </div>
  );
}

const Label = ({ name, size, faint }: { readonly name: string; readonly size: string; readonly faint: boolean }) => (
  <div
    className={cx(
      'absolute inset-x-0.5 -top-10 hidden transition-opacity max-lg:invisible @min-[54px]:block',
      faint && 'opacity-45',
    )}
  >
    <div className="truncate text-xs font-medium">{name}</div>
    <div className="num truncate text-xs text-muted">{size}</div>
  </div>
);
