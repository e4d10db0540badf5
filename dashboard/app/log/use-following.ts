import { type RefObject, useEffect, useRef, useState } from 'react';
import type { VListHandle } from 'virtua';
import type { KnownLine } from './log-store.js';

/**
 * Following ends at the reader's first move upwards, not at some distance from the end: smooth scrolling would lose that race.
 * The end is reached by plain scrollTop, again while wrapped lines are measured: nothing stays pending that could fight the reader.
 */
export function useFollowing(
  box: RefObject<HTMLElement>,
  list: RefObject<VListHandle>,
  shown: readonly KnownLine[],
  redrawn: readonly unknown[],
) {
  const sticks = useRef(true);
  const last = useRef(0);
  /** Behind which line the reader left; null while at the end. */
  const [away, setAway] = useState<number | null>(null);
  const end = shown.at(-1)?.sequence ?? 0;
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
  useEffect(toEnd, [end, shown.length, ...redrawn]);
  const onScroll = (offset: number) => {
    const handle = list.current;
    const isDown = offset > last.current;
    last.current = offset;
    if (handle && isDown && offset >= handle.scrollSize - handle.viewportSize - 2) sticks.current = true;
    setAway((before) => (sticks.current ? null : (before ?? end)));
  };
  const resume = () => {
    sticks.current = true;
    setAway(null);
    toEnd();
  };
  return { leave, onScroll, resume, missed: away === null ? null : countBehind(shown, away) };
}

/** New lines are at the end: the others need not be looked at. */
function countBehind(shown: readonly KnownLine[], sequence: number): number {
  let count = 0;
  while (count < shown.length && (shown[shown.length - 1 - count]?.sequence ?? 0) > sequence) count += 1;
  return count;
}
