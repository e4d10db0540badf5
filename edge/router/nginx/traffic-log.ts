import { randomUUID } from 'node:crypto';
import { chown, link, open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { TrafficMark } from '../router.js';

/**
 * The file to which the workers of Nginx write what has passed. It is read from a mark on, whoever read before: it goes on
 * growing while nobody reads, and outlives both the edge and Nginx. Its first line says which one it is, so that it is
 * known where it was copied to.
 */
export type TrafficLog = {
  /** Makes it where it is not there, for the workers alone. */
  prepare(): Promise<void>;
  /** Whole lines since the mark, some at a time to `take`; returns the next mark. */
  read(after: TrafficMark, take: (lines: readonly string[]) => void): Promise<TrafficMark>;
  /**
   * What is before this mark is kept elsewhere: a file that has grown large is put aside, and is gone once all of it is. One
   * that is gone against everybody's will is there again.
   */
  tidy(kept: TrafficMark): Promise<void>;
};

export type TrafficLogOptions = {
  readonly file: string;
  /** Of the workers; null: the edge's own. */
  readonly uid: () => Promise<number | null>;
  /** Has the workers write to the file that has the name now. False when nobody was told. */
  readonly reopen: () => Promise<boolean>;
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
  /** Null: they are to be told. So it is at the start, because an edge that was killed may have come so far and no further. */
  let reopenedAt: number | null = null;

  const prepare = async () => {
    await makeOnce(file);
    const owner = await uid();
    if (owner !== null) await chown(file, owner, -1);
  };

  return {
    prepare,
    read: async (after, take) => {
      const mark: Record<string, number> = {};
      for (const each of [former, file]) {
        const found = await withFile(each, (handle) => readFrom(handle, after, take));
        if (found) mark[found.key] = found.at;
      }
      return mark;
    },
    tidy: async (kept) => {
      const [current, aside] = [await withFile(file, look), await withFile(former, look)];
      const isLarge = !aside && current !== null && current.size >= largeBytes;
      if (isLarge) await rename(file, former);
      if (isLarge || !current) {
        reopenedAt = null;
        await prepare();
      }
      if (reopenedAt === null && (await reopen())) reopenedAt = Date.now();
      if (!aside || reopenedAt === null) return;
      if (Date.now() - Math.max(aside.writtenAt, reopenedAt) < settledMs) return;
      if (await withFile(former, (handle) => isKept(handle, kept))) await rm(former);
    },
  };
}

/** With its first line or not at all; one that is there stays. */
async function makeOnce(file: string): Promise<void> {
  const next = `${file}.next`;
  await rm(next, { force: true });
  const handle = await open(next, 'wx', 0o600);
  try {
    await handle.writeFile(`# ${randomUUID()}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await link(next, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(next);
}

/** Null when there is no such file. */
async function withFile<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T | null> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!handle) return null;
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

const headBytes = 64;

/** One without a first line of ours was made by Nginx. Of those a number may be given out again, but not with the same birth. */
async function look(handle: FileHandle) {
  const { ino, birthtimeMs, size, mtimeMs } = await handle.stat();
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  const [head = '', key = `${ino}-${birthtimeMs}`] =
    /^# ([\w-]+)\n/.exec(buffer.toString('latin1', 0, bytesRead)) ?? [];
  return { key, beginsAt: head.length, size, writtenAt: Math.floor(mtimeMs) };
}

/** Where the lines begin that the mark does not reach. After a loss of power the file may be shorter than its mark. */
async function reached(handle: FileHandle, mark: TrafficMark) {
  const { key, beginsAt, size } = await look(handle);
  return { key, at: Math.min(Math.max(mark[key] ?? 0, beginsAt), size) };
}

/** Tells where the last whole line ends that was taken. */
async function readFrom(handle: FileHandle, after: TrafficMark, take: (lines: readonly string[]) => void) {
  const found = await reached(handle, after);
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (let chunk = 0; chunk < mostChunks; chunk += 1) {
    const lines = await linesAt(handle, buffer, found.at);
    if (lines === null) break;
    take(lines.text.split('\n'));
    found.at += lines.bytes;
  }
  return found;
}

/** No whole line is beyond the mark. What ends in half a line is never read further, and need not be. */
async function isKept(handle: FileHandle, kept: TrafficMark): Promise<boolean> {
  const { at } = await reached(handle, kept);
  return (await linesAt(handle, Buffer.allocUnsafe(chunkBytes), at)) === null;
}

async function linesAt(handle: FileHandle, buffer: Buffer, at: number) {
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
  const end = buffer.subarray(0, bytesRead).lastIndexOf('\n');
  return end < 0 ? null : { text: buffer.toString('latin1', 0, end), bytes: end + 1 };
}
