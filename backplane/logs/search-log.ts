import type { LogLine, LogStreamId } from '@apployd/core/log-line';
import { matcher, type LogFilter } from './log-filter.js';
import type { Candidates, LogStore } from './log-store.js';
import type { LogRange, LogSearchPage } from './logs.js';

const mostLinesAPage = 500;

/** Reads as much as one request may, from where the last one stopped, until a page is full. */
export async function searchLog(
  store: Pick<LogStore, 'candidates'>,
  stream: LogStreamId,
  filter: LogFilter,
  { after, before, limit }: LogRange,
): Promise<LogSearchPage> {
  const backwards = before !== undefined && after === undefined;
  const from = backwards ? before : (after ?? 0);
  const candidates = await store.candidates(stream, filter, { from, backwards });
  const page = await pickLines(candidates, filter, { from, backwards, most: Math.min(limit, mostLinesAPage) });
  return backwards ? { ...page, lines: page.lines.toReversed() } : page;
}

type Walk = { readonly from: number; readonly backwards: boolean; readonly most: number };

async function pickLines(
  candidates: Candidates,
  filter: LogFilter,
  { from, backwards, most }: Walk,
): Promise<LogSearchPage> {
  const isWanted = matcher(filter);
  const lines: LogLine[] = [];
  const scanned = { lines: 0, bytes: 0 };
  for (const chunk of candidates.chunks) {
    scanned.bytes += chunk.bytes;
    const ofChunk = await chunk.lines();
    for (const line of backwards ? ofChunk.toReversed() : ofChunk) {
      if (backwards ? line.sequence >= from : line.sequence <= from) continue;
      scanned.lines += 1;
      if (!isWanted(line)) continue;
      lines.push(line);
      if (lines.length === most) return { lines, stoppedAt: line.sequence, isComplete: false, scanned };
    }
  }
  return { lines, stoppedAt: candidates.reached, isComplete: candidates.isComplete, scanned };
}
