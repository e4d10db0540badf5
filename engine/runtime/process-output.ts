import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@apployd/core/clock';
import { byteLines } from './byte-lines.js';
import type { ByteLines } from './byte-lines.js';
import type { OutputCursor, OutputLine } from './runtime.js';

export const streams = [
  { source: 'STDOUT', file: 'stdout.log' },
  { source: 'STDERR', file: 'stderr.log' },
] as const;
type Stream = (typeof streams)[number];

/** One file being read. Positions count from the start of all output: `base` bytes were cut off before the file's first. */
type Tail = Stream & {
  readonly folder: string;
  readonly handle: FileHandle;
  readonly lines: ByteLines;
  base: number;
  offset: number;
  /** Position behind the last line that was handed out. */
  delivered: number;
};

const chunkBytes = 64 * 1024;
const lookAgainMs = 100;

/** Opens both output files for a child: it writes to them itself, so nothing is lost when the engine goes. */
export async function openOutput(folder: string): Promise<{ handles: readonly FileHandle[]; close(): Promise<void> }> {
  const handles = await Promise.all(streams.map(({ file }) => open(join(folder, file), 'a', 0o600)));
  return { handles, close: async () => void (await Promise.all(handles.map((handle) => handle.close()))) };
}

/**
 * Lines of both files as they grow, until `hasEnded` and all is read. The time of a line is when it was read. The cursor
 * holds a position in each file. A file that is removed meanwhile is read to its end.
 */
export async function* readOutput(
  folder: string,
  after: OutputCursor | null,
  hasEnded: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<OutputLine> {
  const tails = await openTails(folder, after);
  const cursor = () => tails.map(({ delivered }) => delivered).join('-');
  try {
    while (tails.length > 0 && !signal.aborted) {
      const ended = await hasEnded();
      let grew = false;
      for (const tail of tails) {
        for await (const line of readToEnd(tail, ended)) {
          grew = true;
          yield { ...line, at: new Date(), cursor: cursor() };
          if (signal.aborted) return;
        }
      }
      if (ended) return;
      if (!grew) await systemClock.sleep(lookAgainMs, signal).catch(() => undefined);
    }
  } finally {
    await Promise.all(tails.map(({ handle }) => handle.close()));
  }
}

/** Keeps the files small: one that has outgrown the limit is emptied, and how much was cut off is kept beside it. */
export async function capOutput(folder: string, maxBytes: number): Promise<void> {
  for (const { file } of streams) {
    const path = join(folder, file);
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size <= maxBytes) continue;
    const base = await readBase(folder, file);
    // Cut first, then note: after a crash in between positions are too high, and a reader takes that for a cut file.
    await truncate(path, 0);
    await writeFile(baseFile(folder, file), String(base + size));
  }
}

async function* readToEnd(tail: Tail, ended: boolean): AsyncGenerator<Pick<OutputLine, 'source' | 'message'>> {
  const buffer = Buffer.alloc(chunkBytes);
  for (;;) {
    // Looked at before every reading: whoever takes the lines may have let any time pass since the last.
    const lost = await findCut(tail);
    if (lost > 0) yield { source: 'PLATFORM', message: droppedMessage(lost) };
    const { bytesRead } = await tail.handle.read(buffer, 0, chunkBytes, tail.offset);
    if (bytesRead === 0) break;
    tail.offset += bytesRead;
    for (const { message, bytes } of tail.lines.push(buffer.subarray(0, bytesRead))) {
      tail.delivered += bytes;
      yield { source: tail.source, message };
    }
  }
  const rest = ended ? tail.lines.rest() : null;
  if (!rest) return;
  tail.delivered += rest.bytes;
  yield { source: tail.source, message: rest.message };
}

function droppedMessage(bytes: number): string {
  return `${bytes} bytes of output were dropped: the app writes faster than its output is kept.`;
}

/** Notices that the file was emptied since, goes on at its start, and says how many bytes went unread. */
async function findCut(tail: Tail): Promise<number> {
  const base = await readBase(tail.folder, tail.file);
  if (base <= tail.base) return 0;
  const lost = Math.max(0, base - (tail.base + tail.offset));
  tail.base = base;
  tail.offset = 0;
  tail.delivered = base;
  tail.lines.reset();
  return lost;
}

async function openTails(folder: string, after: OutputCursor | null): Promise<Tail[]> {
  const positions = (after ?? '').split('-').map((text) => (/^\d+$/.test(text) ? Number(text) : 0));
  const tails = await Promise.all(streams.map((stream, index) => openTail(folder, stream, positions[index] ?? 0)));
  return tails.filter((tail) => tail !== null);
}

async function openTail(folder: string, stream: Stream, position: number): Promise<Tail | null> {
  const handle = await open(join(folder, stream.file), 'r').catch(() => null);
  if (!handle) return null;
  const base = await readBase(folder, stream.file);
  const { size } = await handle.stat();
  const opened = { ...stream, folder, handle, lines: byteLines(), delivered: position };
  // Either the file was cut before the reader's place, which the first reading finds out, or after a crash its base is too low.
  if (position < base || position > base + size) return { ...opened, base: position, offset: 0 };
  return { ...opened, base, offset: position - base };
}

async function readBase(folder: string, file: string): Promise<number> {
  return Number(await readFile(baseFile(folder, file), 'utf8').catch(() => '0'));
}

function baseFile(folder: string, file: string): string {
  return join(folder, `${file}.base`);
}
