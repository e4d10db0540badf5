import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { type Basin, PoolStrip } from '../../pool/pool-strip.js';
import { formatOf, type ResourceName, resourceKinds } from '../../pool/resources.js';

type Props = {
  readonly basins: readonly Basin[];
  readonly total: number;
  readonly resource: ResourceName;
  readonly active: string | null;
  readonly onActive: (id: string | null) => void;
  readonly trade: (id: string, neighbour: string | undefined, resource: ResourceName, delta: number) => void;
};

/** The basins with dividers between neighbours, for the pointer and for the arrow keys. A basin too narrow for one has its slider below. */
export function DividedStrip({ basins, total, resource, active, onActive, trade }: Props) {
  const strip = useRef<HTMLDivElement>(null);
  const free = total - basins.reduce((sum, { size }) => sum + size, 0);
  const { step, least } = resourceKinds[resource];
  const move = (index: number, delta: number) => trade(basins[index]?.id ?? '', basins[index + 1]?.id, resource, delta);

  const drag = (index: number) => (event: PointerEvent<HTMLDivElement>) => {
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const width = strip.current?.clientWidth ?? 1;
    let from = event.clientX;
    const onMove = ({ clientX }: globalThis.PointerEvent) => {
      const delta = Math.trunc((((clientX - from) / width) * total) / step) * step;
      if (delta === 0) return;
      from += (delta / total) * width;
      move(index, delta);
    };
    const onEnd = () => {
      handle.removeEventListener('pointermove', onMove);
      handle.removeEventListener('pointerup', onEnd);
      handle.removeEventListener('pointercancel', onEnd);
    };
    handle.addEventListener('pointermove', onMove);
    handle.addEventListener('pointerup', onEnd);
    handle.addEventListener('pointercancel', onEnd);
  };
  const onKeyDown = (index: number) => (event: KeyboardEvent) => {
    const delta = { ArrowLeft: -step, ArrowRight: step, PageDown: -step * 4, PageUp: step * 4 }[event.key];
    if (!delta) return;
    event.preventDefault();
    move(index, delta);
  };

  return (
    <div ref={strip} className="p-4 max-lg:pb-3 lg:p-5">
      <PoolStrip
        height={116}
        labels
        total={total}
        format={(amount) => formatOf(resource, amount)}
        active={active}
        onActive={onActive}
        basins={basins}
        handles={(index) =>
          (index < basins.length - 1 || free > 0) && (
            <div
              role="slider"
              tabIndex={0}
              aria-orientation="horizontal"
              aria-label={`Divide ${basins[index]?.name} from ${basins[index + 1]?.name ?? 'unassigned'}`}
              aria-valuemin={least}
              aria-valuemax={total}
              aria-valuenow={basins[index]?.size ?? 0}
              aria-valuetext={formatOf(resource, basins[index]?.size ?? 0)}
              onPointerDown={drag(index)}
              onKeyDown={onKeyDown(index)}
              className="group absolute inset-y-0 -right-[13.5px] z-10 hidden w-6 cursor-ew-resize touch-none place-items-center lg:@min-[28px]:grid"
            >
              <span className="level h-6 w-1 rounded-full bg-fg opacity-45 ring-2 ring-surface transition-[height,opacity] group-hover:h-12 group-hover:opacity-100 group-focus-visible:opacity-100" />
            </div>
          )
        }
      />
      <div className="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
        <span className="inline-flex items-center gap-1.5">
          <span className="h-2.5 w-4 rounded-[2px]" style={{ background: 'var(--cat-1)', opacity: 0.8 }} />
          {resourceKinds[resource].held}
        </span>
        <span className="inline-flex items-center gap-1.5">
          <span
            className="h-2.5 w-4 rounded-[2px]"
            style={{ background: 'color-mix(in oklab, var(--cat-1) 18%, var(--surface))' }}
          />
          slice
        </span>
        <span className="inline-flex items-center gap-1.5">
          <span className="hatch h-2.5 w-4 rounded-[2px] border border-dashed border-line-strong" />
          unassigned
        </span>
        <span className="flex-1" />
        {basins.length > 0 && <span className="max-lg:hidden">Drag a divider, or use the arrow keys</span>}
      </div>
    </div>
  );
}
