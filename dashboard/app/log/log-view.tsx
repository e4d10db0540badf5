import { ArrowDown } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { VListHandle } from 'virtua';
import { useKey } from '../keys/use-key.js';
import { Button } from '../ui/button.js';
import { LogBar } from './log-bar.js';
import { LogList } from './log-list.js';
import type { KnownLine, LogState } from './log-store.js';
import { useChosenLine } from './use-chosen-line.js';
import { useControls } from './use-controls.js';
import { useFiltered } from './use-filtered.js';
import { useFollowing } from './use-following.js';

/** Where a page wants the reader to look: the first line from a moment on, or the first error. */
export type Goto = { readonly at: number } | { readonly firstError: true };

type Props = {
  readonly log: LogState;
  /** Where the clock of the lines starts, in milliseconds since 1970. */
  readonly start: number;
  readonly name: string;
  /** Lines show the time of day at first. */
  readonly exact?: boolean;
  /** Spoken when it changes; the lines are not. */
  readonly summary: string;
  readonly goto?: Goto | null;
  readonly empty: string;
  /** Says in the first row what is missing above it. */
  readonly note: string | null;
  readonly markOf?: (line: KnownLine, above: KnownLine | undefined) => string | null;
  /** Brings the lines above, where there are any to be had. */
  readonly onEarlier?: () => void;
};

const nearTop = 400;

/** A log that follows its end until the reader moves up, and again once they are back at the end. */
export function LogView({ log, start, name, exact = false, summary, goto, empty, note, markOf, onEarlier }: Props) {
  const controls = useControls(exact);
  const { find, onlyWarnings, wrap, set } = controls;
  const isHydrated = useHydrated();
  const shown = useFiltered(log.lines, { find, onlyWarnings });
  const { chosen, choose } = useChosenLine();
  const [box, field, list] = [useRef<HTMLDivElement>(null), useRef<HTMLInputElement>(null), useRef<VListHandle>(null)];
  const { leave, onScroll, resume, missed } = useFollowing(box, list, shown, [wrap, isHydrated]);
  const isFiltered = Boolean(find) || onlyWarnings;

  const lookAt = (index: number) => {
    if (index < 0) return;
    leave();
    list.current?.scrollToIndex(index + (note === null ? 0 : 1), { align: 'center' });
  };
  const nextWarning = () => {
    const from = chosen ?? (shown[list.current?.findItemIndex(list.current.scrollOffset) ?? 0]?.sequence ?? 0) - 1;
    const next = shown.find(({ sequence, level }) => sequence > from && level) ?? shown.find(({ level }) => level);
    if (next) choose(next.sequence);
  };
  useKey('/', () => field.current?.focus());
  useKey('f', resume);
  useKey('e', nextWarning);
  useEffect(() => {
    if (goto)
      lookAt(shown.findIndex((line) => ('at' in goto ? Date.parse(line.at) >= goto.at : line.level === 'error')));
    // Only when the page asks for it, and when the beginning has come; not with each line.
  }, [goto, isHydrated, log.missing > 0]);
  useEffect(() => {
    if (chosen !== null) lookAt(shown.findIndex(({ sequence }) => sequence >= chosen));
    // And once more when the lines around it are shown again.
  }, [chosen, isFiltered, isHydrated]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (['ArrowUp', 'PageUp', 'Home'].includes(event.key)) leave();
    if (event.key.toLowerCase() !== 'f' || event.ctrlKey === event.metaKey) return;
    event.preventDefault();
    field.current?.focus();
  };

  return (
    <div className="flex min-h-0 flex-1 flex-col" onKeyDown={onKeyDown}>
      <LogBar {...{ log, controls, name, field }} />
      <div
        ref={box}
        className="relative min-h-0 flex-1 bg-log"
        onWheel={(event) => event.deltaY < 0 && leave()}
        onTouchMove={leave}
        onPointerDown={(event) =>
          event.target instanceof Element && event.target.getAttribute('role') === 'log' && leave()
        }
      >
        <p className="sr-only" role="status">
          {summary}
        </p>
        {shown.length === 0 ? (
          <div className="p-6 text-center text-muted">
            <p>{find ? `No line contains “${find}”.` : onlyWarnings ? 'No warnings so far.' : empty}</p>
            {note && isFiltered && <p className="mt-1 text-sm">{note}</p>}
            {onEarlier && isFiltered && (
              <Button small className="mt-3" onClick={onEarlier}>
                Look in earlier lines
              </Button>
            )}
          </div>
        ) : (
          <LogList
            ref={list}
            lines={shown}
            {...{ name, start, controls, note, onEarlier, isHydrated, markOf, chosen }}
            onChoose={(sequence) => {
              // In what was filtered a line stands alone: show it among its neighbours.
              if (isFiltered) set({ find: '', onlyWarnings: false });
              choose(sequence);
            }}
            onScroll={(offset) => {
              onScroll(offset);
              if (offset < nearTop) onEarlier?.();
            }}
          />
        )}
        {missed !== null && <ToEnd missed={log.isOver ? 0 : missed} onPress={resume} />}
      </div>
    </div>
  );
}

const ToEnd = ({ missed, onPress }: { readonly missed: number; readonly onPress: () => void }) => (
  <button
    type="button"
    onClick={onPress}
    className="rise absolute bottom-3 left-1/2 inline-flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full bg-primary px-3.5 text-sm font-medium text-on-primary shadow-2 coarse:h-11"
  >
    <ArrowDown size={14} aria-hidden />
    {missed > 0 ? (
      <span className="num">
        {count.format(missed)} new {missed === 1 ? 'line' : 'lines'}
      </span>
    ) : (
      'Latest line'
    )}
  </button>
);

const count = new Intl.NumberFormat('en');

function useHydrated(): boolean {
  const [isHydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  return isHydrated;
}
