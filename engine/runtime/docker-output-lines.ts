import { readLineBytes } from '@apployd/core/log-line';
import type { Mark, PassedEntry } from './docker-cursor.js';
import type { OutputLine } from './runtime.js';

/** `mark` is of its last entry; the platform's own have none. Of the lines that have not ended by then, one is open since. */
export type JoinedLine = Pick<OutputLine, 'source' | 'at' | 'message'> & {
  readonly mark: Mark | null;
  readonly openSince: string;
  /** It had a line end. */
  readonly isWhole: boolean;
};

type OpenLine = { readonly stamp: string; text: string; mark: Mark };

/** Docker cuts lines of more than 16 KiB into entries, of which only the last has a line end. */
export async function* joinParts(entries: AsyncIterable<PassedEntry>): AsyncGenerator<JoinedLine> {
  const open = new Map<'STDOUT' | 'STDERR', OpenLine>();
  const openSince = () => [...open.values()].map(({ stamp }) => stamp).sort()[0] ?? '';
  const close = (source: 'STDOUT' | 'STDERR', line: OpenLine, isWhole: boolean): JoinedLine => {
    open.delete(source);
    const { stamp, text: message, mark } = line;
    return { source, at: new Date(stamp), message, mark, openSince: openSince(), isWhole };
  };
  for await (const entry of entries) {
    const { source, stamp, text } = entry;
    if (source === 'PLATFORM') {
      const message = withoutEnd(text);
      yield { source, at: new Date(stamp), message, mark: null, openSince: openSince(), isWhole: true };
      continue;
    }
    const line = open.get(source) ?? { stamp, text: '', mark: entry.mark };
    line.text += withoutEnd(text).slice(0, readLineBytes - line.text.length);
    line.mark = entry.mark;
    open.set(source, line);
    if (text.endsWith('\n')) yield close(source, line, true);
  }
  for (const [source, line] of open) yield close(source, line, false);
}

function withoutEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
