import { useRef } from 'react';
import { type Found, filter, isSame, type Wanted } from './filter.js';
import type { KnownLine } from './log-store.js';

/** The lines that are wanted, of which only new ones are searched. */
export function useFiltered(lines: readonly KnownLine[], wanted: Wanted): readonly KnownLine[] {
  const found = useRef<Found | null>(null);
  if (!found.current || found.current.from !== lines || !isSame(found.current.wanted, wanted))
    found.current = filter(found.current, lines, wanted);
  return found.current.lines;
}
