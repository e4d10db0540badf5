import { forwardRef, useRef } from 'react';
import { VList, type VListHandle } from 'virtua';
import { useZone } from '../ui/zone.js';
import { LogRow } from './log-row.js';
import type { KnownLine } from './log-store.js';
import type { Controls } from './use-controls.js';

type Props = {
  readonly lines: readonly KnownLine[];
  readonly name: string;
  readonly start: number;
  readonly controls: Controls;
  /** The first row: what is missing above it. */
  readonly note: string | null;
  /** Brings what is missing, where that can be had. */
  readonly onEarlier?: () => void;
  readonly isHydrated: boolean;
  readonly markOf?: (line: KnownLine, above: KnownLine | undefined) => string | null;
  readonly chosen: number | null;
  readonly onChoose: (sequence: number) => void;
  readonly onScroll: (offset: number) => void;
};

const rowHeight = 18;
/** As many as the server draws, for a reader without scripts. */
const drawnFirst = 200;

type Item = KnownLine | { readonly note: string };

/** The lines that are in sight. */
export const LogList = forwardRef<VListHandle, Props>(function LogList(
  { lines, name, start, controls, note, onEarlier, isHydrated, markOf, chosen, onChoose, onScroll },
  ref,
) {
  const zone = useZone();
  const isEarlier = useIsEarlier(lines);
  const { wrap, exact, find } = controls;
  const items: readonly Item[] = note === null ? lines : [{ note }, ...lines];
  const row = (item: Item, index: number) =>
    'note' in item ? (
      <Note key="note" onEarlier={onEarlier}>
        {item.note}
      </Note>
    ) : (
      <LogRow
        key={item.sequence}
        line={item}
        mark={markOf?.(item, lines[index - (note === null ? 1 : 2)])}
        {...{ start, zone, wrap, exact, find, onChoose }}
        isChosen={item.sequence === chosen}
      />
    );
  return (
    <VList
      // A list that was drawn on the server shows no more than that until it is scrolled: a new one takes its place.
      key={isHydrated ? 'live' : 'drawn'}
      ref={ref}
      data={items}
      itemSize={rowHeight}
      shift={isEarlier}
      ssrCount={isHydrated ? undefined : Math.min(drawnFirst, items.length)}
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={name}
      className="py-2 !outline-offset-[-2px]"
      onScroll={onScroll}
    >
      {row}
    </VList>
  );
});

/** Lines have come before the others: what is in sight stays where it is. */
function useIsEarlier(lines: readonly KnownLine[]): boolean {
  const first = useRef({ lines, isEarlier: false });
  if (first.current.lines !== lines) {
    const [before, now] = [first.current.lines[0]?.sequence, lines[0]?.sequence];
    first.current = { lines, isEarlier: before !== undefined && now !== undefined && now < before };
  }
  return first.current.isEarlier;
}

type NoteProps = { readonly onEarlier?: () => void; readonly children: string };

const Note = ({ onEarlier, children }: NoteProps) => (
  <p className="px-4 text-xs leading-[18px] text-subtle">
    {children}{' '}
    {onEarlier && (
      <button type="button" onClick={onEarlier} className="font-medium text-accent hover:underline coarse:min-h-11">
        Load them
      </button>
    )}
  </p>
);
