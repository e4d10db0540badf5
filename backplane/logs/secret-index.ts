import { shortestMasked as shortest } from '@apployd/core/variable';
import { secretForms } from './secret-forms.js';

/** Finds strings in a text, in a time that does not depend on how many they are, nor on how long. */
export type SecretIndex = {
  /** Length of the longest string. */
  readonly longest: number;
  /** Where the next string may begin, at `from` or later; the length of the text when nowhere. */
  next(text: string, from: number): number;
  /** What begins at a place. A walk that ended with the text goes on when there is more of it. */
  find(text: string, at: number, walk?: Walk): Found;
};

export type Found = {
  /** Length of the longest string that is here as a whole; 0 for none. */
  readonly length: number;
  /** Where the text ends in the middle of a string, or of a longer one. */
  readonly open: Walk | null;
  /** So many characters were looked at. */
  readonly steps: number;
};

/** The strings that go on like the text does, so far. */
type Walk = { readonly low: number; readonly high: number; readonly depth: number; readonly length: number };

/** Of the secrets in all the forms that they may have; those that are too short to be masked are left out. */
export function secretIndex(secrets: readonly string[]): SecretIndex {
  const sorted = [...secretForms(secrets)].sort();
  const beginnings = beginningsOf(sorted);
  return {
    longest: sorted.reduce((most, { length }) => Math.max(most, length), 0),
    next: (text, from) => nextBeginning(beginnings, text, from),
    find: (text, at, walk = { low: 0, high: sorted.length, depth: 0, length: 0 }) => find(sorted, text, at, walk),
  };
}

/** Which hashes of four characters strings begin with, in a table that few of them share a place of. */
type Beginnings = { readonly has: Uint8Array; readonly bits: 16 | 20 | 24 };

function beginningsOf(sorted: readonly string[]): Beginnings {
  const bits = sorted.length < 2 ** 12 ? 16 : sorted.length < 2 ** 16 ? 20 : 24;
  const has = new Uint8Array(2 ** bits);
  for (const text of sorted) {
    let hash = 0;
    for (let i = 0; i < shortest; i += 1) hash = hashOn(hash, text.charCodeAt(i), bits);
    has[hash] = 1;
  }
  return { has, bits };
}

/** Of the last four characters: four shifts on, a character is out. */
function hashOn(hash: number, code: number, bits: number): number {
  return ((hash << (bits >> 2)) ^ code) & ((1 << bits) - 1);
}

/** Of fewer characters than the shortest string has, nothing can be said: there a string may begin. */
function nextBeginning({ has, bits }: Beginnings, text: string, from: number): number {
  let hash = 0;
  for (let end = from; end < text.length; end += 1) {
    hash = hashOn(hash, text.charCodeAt(end), bits);
    if (end - from >= shortest - 1 && has[hash] === 1) return end - shortest + 1;
  }
  return Math.max(from, text.length - shortest + 1);
}

/** Narrows the sorted strings down, character by character, to those that go on like the text. */
function find(sorted: readonly string[], text: string, at: number, walk: Walk): Found {
  let { low, high, depth, length } = walk;
  while (low < high) {
    const first = sorted[low] ?? '';
    if (first.length === depth) {
      length = depth;
      low += 1;
      continue;
    }
    if (at + depth >= text.length) return { length, open: { low, high, depth, length }, steps: depth - walk.depth };
    const code = text.charCodeAt(at + depth);
    if (low + 1 === high && first.charCodeAt(depth) !== code) break;
    if (low + 1 < high) {
      low = firstFrom(sorted, low, high, depth, code);
      high = firstFrom(sorted, low, high, depth, code + 1);
    }
    depth += 1;
  }
  return { length, open: null, steps: depth - walk.depth };
}

/** The first of some sorted strings, alike up to `depth`, that has this character there or a later one. */
function firstFrom(sorted: readonly string[], from: number, to: number, depth: number, code: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.charCodeAt(depth) ?? 0) < code) low = middle + 1;
    else high = middle;
  }
  return low;
}
