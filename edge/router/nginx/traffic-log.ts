import { chown, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import type { TrafficMark } from '../router.js';

/**
 * The file to which the workers of Nginx write what has passed. It is read from a mark on, whoever read before: it goes on
 * growing while nobody reads, and outlives both the edge and Nginx.
 */
export type TrafficLog = {
  /** Makes it where it is not there, for the workers alone. */
  prepare(): Promise<void>;
  /**
   * Whole lines since the mark, some at a time to `take`; returns the next mark. What is before the mark is taken for kept
   * elsewhere: a file that has grown large is put aside, and is gone once all of it is before a mark.
   */
  read(after: TrafficMark, take: (lines: readonly string[]) => void): Promise<TrafficMark>;
};

export type TrafficLogOptions = {
  readonly file: string;
  /** Of the workers; null: the edge's own. */
  readonly uid: () => Promise<number | null>;
  /** Has the workers write to the file that has the name now. */
  readonly reopen: () => Promise<void>;
  readonly largeBytes?: number;
  /** A file that was put aside stays so long after its last line: no worker writes to it any more. */
  readonly settledMs?: number;
};

const chunkBytes = 1024 * 1024;
/** Of each file at a time; the rest comes with the next call. */
const mostChunks = 16;

export function trafficLog(options: TrafficLogOptions): TrafficLog {
  const { file, uid, reopen, largeBytes = 8 * chunkBytes, settledMs = 60_000 } = options;
  const former = `${file}.former`;
  let reopened: { readonly key: string; readonly at: number } | null = null;

  const prepare = async () => {
    const handle = await open(file, 'a', 0o600);
    await handle.close();
    const owner = await uid();
    if (owner !== null) await chown(file, owner, -1);
  };

  /** Told again by an edge that finds the file: the one that put it aside may not have come so far. */
  const reopenOnce = async (key: string) => {
    if (reopened?.key === key) return;
    await reopen();
    reopened = { key, at: Date.now() };
  };

  const tidy = async (after: TrafficMark) => {
    const [current, aside] = [await look(file), await look(former)];
    if (!aside) {
      if (!current || current.size < largeBytes) return;
      await rename(file, former);
      await prepare();
      return reopenOnce(current.key);
    }
    if (!current) await prepare();
    await reopenOnce(aside.key);
    const quietSince = Math.max(aside.writtenAt, reopened?.at ?? Infinity);
    if (after[aside.key] === aside.size && Date.now() - quietSince >= settledMs) await rm(former);
  };

  return {
    prepare,
    read: async (after, take) => {
      await tidy(after);
      const mark: Record<string, number> = {};
      for (const each of [former, file]) {
        const found = await look(each);
        if (found) mark[found.key] = await readFrom(each, after[found.key] ?? 0, take);
      }
      return mark;
    },
  };
}

/** A number of a file may be given out again, but not with the same birth. */
async function look(file: string) {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!found) return null;
  return { key: `${found.ino}-${found.birthtimeMs}`, size: found.size, writtenAt: found.mtimeMs };
}

/** Returns where the last whole line ends that was taken. */
async function readFrom(file: string, from: number, take: (lines: readonly string[]) => void): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let at = from;
    for (let chunk = 0; chunk < mostChunks; chunk += 1) {
      const lines = await linesAt(handle, buffer, at);
      if (lines === null) break;
      take(lines.text.split('\n'));
      at += lines.bytes;
    }
    return at;
  } finally {
    await handle.close();
  }
}

async function linesAt(handle: FileHandle, buffer: Buffer, at: number) {
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
  const end = buffer.subarray(0, bytesRead).lastIndexOf('\n');
  return end < 0 ? null : { text: buffer.toString('latin1', 0, end), bytes: end + 1 };
}
