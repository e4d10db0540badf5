import { plain } from './ansi.js';
import type { KnownLine } from './log-store.js';

export type Wanted = { readonly find: string; readonly onlyWarnings: boolean };

/** What was found so far, and in which lines. */
export type Found = {
  readonly wanted: Wanted;
  readonly from: readonly KnownLine[];
  readonly lines: readonly KnownLine[];
};

/** The lines that are wanted. Where lines have only come behind those that were searched before, only they are searched. */
export function filter(before: Found | null, from: readonly KnownLine[], wanted: Wanted): Found {
  const { find, onlyWarnings } = wanted;
  if (!find && !onlyWarnings) return { wanted, from, lines: from };
  const goesOn = before !== null && isSame(before.wanted, wanted) && isLonger(before.from, from);
  const text = find.toLowerCase();
  const found = (goesOn ? from.slice(before.from.length) : from).filter(
    ({ level, message }) => (!onlyWarnings || level) && (!text || plain(message).toLowerCase().includes(text)),
  );
  if (!goesOn) return { wanted, from, lines: found };
  return { wanted, from, lines: found.length > 0 ? [...before.lines, ...found] : before.lines };
}

export const isSame = (one: Wanted, other: Wanted) =>
  one.find === other.find && one.onlyWarnings === other.onlyWarnings;

const isLonger = (before: readonly KnownLine[], now: readonly KnownLine[]) =>
  before.length > 0 &&
  now.length >= before.length &&
  now[0] === before[0] &&
  now[before.length - 1] === before[before.length - 1];
