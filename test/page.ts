import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A piece of code in a page. */
export type Block = {
  readonly language: string;
  readonly text: string;
  /** Why it is only shown: from the comment before it, `<!-- Not run by the test: … -->`. */
  readonly notRun: string | null;
};

export function readPage(name: string): Promise<string> {
  return readFile(path.join(fileURLToPath(new URL('../docs', import.meta.url)), name), 'utf8');
}

/** The part of a page, or of a part of one, below this heading, such as `## Start`, with the smaller headings in it. */
export function partOf(text: string, heading: string): string {
  const lines = text.split('\n');
  const levels = levelsOf(lines);
  const at = lines.findIndex((line, index) => levels[index]! > 0 && line === heading);
  if (at < 0) throw new Error(`There is no heading ${heading}.`);
  const end = levels.findIndex((level, index) => index > at && level > 0 && level <= levels[at]!);
  return lines.slice(at + 1, end < 0 ? undefined : end).join('\n');
}

/** Of each line, how many marks it has as a heading; 0 where it is none. Comments within code are none. */
function levelsOf(lines: readonly string[]): readonly number[] {
  let inCode = false;
  return lines.map((line) => {
    if (line.startsWith('```')) inCode = !inCode;
    return inCode ? 0 : (/^#+(?= )/.exec(line)?.[0].length ?? 0);
  });
}

export function blocksOf(text: string): readonly Block[] {
  const fences = /(?:<!-- Not run by the test: (.+?) -->\s+)?^```(\w+)\n([^]*?)^```$/gm;
  return [...text.matchAll(fences)].map(([, notRun = null, language = '', block = '']) => ({
    language,
    text: block,
    notRun,
  }));
}

/** What is to be run of a part, in this language. */
export function runnable(text: string, language: string): readonly string[] {
  return blocksOf(text)
    .filter((block) => block.language === language && block.notRun === null)
    .map((block) => block.text);
}
