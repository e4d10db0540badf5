import type { Command } from './command.js';

/** The commands that hold every word of the query, best first. */
export function find(commands: readonly Command[], query: string): readonly Command[] {
  const words = wordsOf(query);
  if (words.length === 0) return commands.filter(({ isDeep }) => !isDeep);
  return commands
    .map((command) => ({ command, score: scoreOf(command, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ command }) => command);
}

/** A word counts most as the whole of one, then as its beginning, then anywhere; in the title more than elsewhere. */
function scoreOf({ title, hint = '', words = '' }: Command, wanted: readonly string[]): number {
  const places = [
    { text: title.toLowerCase(), weight: 3 },
    { text: `${hint} ${words}`.toLowerCase(), weight: 1 },
  ];
  const scores = wanted.map((word) => Math.max(...places.map(({ text, weight }) => weight * fit(word, text))));
  return scores.every((score) => score > 0) ? scores.reduce((sum, score) => sum + score) : 0;
}

function fit(word: string, text: string): number {
  const inside = wordsOf(text);
  if (inside.includes(word)) return 4;
  if (inside.some((each) => each.startsWith(word))) return 3;
  // A number is meant whole: 14 is not 142 in the middle of a hash.
  return !/^\d+$/.test(word) && text.includes(word) ? 1 : 0;
}

export const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
