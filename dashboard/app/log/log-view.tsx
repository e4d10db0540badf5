import { ArrowDown } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { VList, type VListHandle } from 'virtua';
import { socket } from '../apollo/socket.js';
import { LogBar } from './log-bar.js';
import { levelOf, LogRow } from './log-row.js';
import { type LogState, mostLines } from './log-store.js';
import { plain } from './ansi.js';

export type Goto = { readonly at: number };

type Props = {
  readonly log: LogState;
  /** Where the clock of the lines starts, in milliseconds since 1970. */
  readonly start: number;
  readonly name: string;
  /** Spoken when it changes; the lines are not. */
  readonly summary: string;
  readonly goto?: Goto | null;
  readonly empty: string;
};

const rowHeight = 18;
/** As many as the server draws, for a reader without scripts. */
const drawnFirst = 200;

/** A log that follows its end until the reader moves up, and again once they are back at the end. */
export function LogView({ log, start, name, summary, goto, empty }: Props) {
  const [find, setFind] = useState('');
  const [warned, setWarned] = useState(false);
  const [wrap, setWrap] = useWrap();
  const isHydrated = useHydrated();
  const shown = useMemo(() => {
    const wanted = find.toLowerCase();
    return log.lines.filter(
      ({ message }) => (!warned || levelOf(message)) && (!wanted || plain(message).toLowerCase().includes(wanted)),
    );
  }, [log.lines, find, warned]);
  const warnings = useMemo(() => log.lines.filter(({ message }) => levelOf(message)).length, [log.lines]);
  const { box, list, leave, onScroll, away, resume } = useFollowing(shown.length, wrap, isHydrated);

  useEffect(() => {
    const index = goto ? shown.findIndex(({ at }) => Date.parse(at) >= goto.at) : -1;
    if (index < 0) return;
    leave();
    list.current?.scrollToIndex(index, { align: 'start' });
    // Only when the reader asks for it, not when lines come.
  }, [goto]);

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <LogBar
        {...{ find, setFind, warned, setWarned, wrap, setWrap, warnings, name }}
        text={() => log.lines.map(({ message }) => plain(message)).join('\n') + '\n'}
        isLost={useHearing() === 'lost' && !log.isOver}
      />
      <div
        ref={box}
        className="relative min-h-0 flex-1 bg-log"
        onWheel={(event) => event.deltaY < 0 && leave()}
        onTouchMove={leave}
        onKeyDown={(event) => ['ArrowUp', 'PageUp', 'Home'].includes(event.key) && leave()}
        onPointerDown={(event) =>
          event.target instanceof Element && event.target.getAttribute('role') === 'log' && leave()
        }
      >
        <p className="sr-only" role="status">
          {summary}
        </p>
        {shown.length === 0 ? (
          <p className="p-6 text-center text-muted">
            {find ? `No line contains “${find}”.` : warned ? 'No warnings so far.' : empty}
          </p>
        ) : (
          <VList
            // A list that was drawn on the server shows no more than that until it is scrolled: a new one takes its place.
            key={isHydrated ? 'live' : 'drawn'}
            ref={list}
            data={shown}
            itemSize={rowHeight}
            ssrCount={isHydrated ? undefined : Math.min(drawnFirst, shown.length)}
            tabIndex={0}
            role="log"
            aria-live="off"
            aria-label={name}
            className="py-2 !outline-offset-[-2px]"
            onScroll={onScroll}
          >
            {(line) => <LogRow key={line.sequence} line={line} start={start} wrap={wrap} find={find} />}
          </VList>
        )}
        {log.missing > 0 && !find && !warned && (
          <p className="absolute top-1.5 right-3 rounded-full bg-raised px-2.5 py-0.5 text-xs text-muted shadow-1">
            {log.missing >= mostLines || log.isOver
              ? `${count.format(log.missing)} earlier lines are not shown`
              : 'Loading earlier lines'}
          </p>
        )}
        {away !== null && (
          <button
            type="button"
            onClick={resume}
            className="rise absolute bottom-3 left-1/2 inline-flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full bg-primary px-3.5 text-sm font-medium text-on-primary shadow-2 coarse:h-11"
          >
            <ArrowDown size={14} aria-hidden />
            {!log.isOver && shown.length > away ? (
              <span className="num">{count.format(shown.length - away)} new lines</span>
            ) : (
              'Latest line'
            )}
          </button>
        )}
      </div>
    </div>
  );
}

const count = new Intl.NumberFormat('en');

function useHydrated(): boolean {
  const [isHydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  return isHydrated;
}

/** Long lines wrap where there is no room. */
function useWrap() {
  const [wrap, setWrap] = useState(false);
  useEffect(() => setWrap(matchMedia('(max-width: 640px)').matches), []);
  return [wrap, setWrap] as const;
}

function useHearing() {
  return useSyncExternalStore(
    (listener) => socket().onChange(listener),
    () => socket().hearing(),
    () => 'idle' as const,
  );
}

/**
 * Following ends at the reader's first move upwards, not at some distance from the end: smooth scrolling would lose that race.
 * The end is reached by plain scrollTop, again while wrapped lines are measured: nothing stays pending that could fight the reader.
 */
function useFollowing(length: number, wrap: boolean, isHydrated: boolean) {
  const list = useRef<VListHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const last = useRef(0);
  const [away, setAway] = useState<number | null>(null);
  const leave = () => {
    sticks.current = false;
  };
  const pin = () => {
    const scrolled = box.current?.querySelector('[role=log]');
    if (scrolled && sticks.current) scrolled.scrollTop = scrolled.scrollHeight;
  };
  const toEnd = () => {
    pin();
    requestAnimationFrame(() => {
      pin();
      requestAnimationFrame(pin);
    });
  };
  useEffect(toEnd, [length, wrap, isHydrated]);
  const onScroll = (offset: number) => {
    const handle = list.current;
    const isDown = offset > last.current;
    last.current = offset;
    if (handle && isDown && offset >= handle.scrollSize - handle.viewportSize - 2) sticks.current = true;
    setAway((before) => (sticks.current ? null : (before ?? length)));
  };
  const resume = () => {
    sticks.current = true;
    setAway(null);
    toEnd();
  };
  return { box, list, leave, onScroll, away, resume };
}
