import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { byteLines } from './byte-lines.js';
import { streams } from './process-output.js';
import type { PrintedLine } from './runtime.js';

/** So much of the end of each stream is looked at. */
const mostBytes = 2 ** 20;

type End = { readonly writtenAt: number; readonly lines: readonly PrintedLine[] };

/** The last lines in the files of an instance; those of the stream that was written to last come last. */
export async function readLastOutput(
  folder: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly PrintedLine[]> {
  const ends = await Promise.all(streams.map(({ source, file }) => endOf(join(folder, file), source)));
  signal.throwIfAborted();
  return ends
    .sort((one, other) => one.writtenAt - other.writtenAt)
    .flatMap(({ lines }) => lines)
    .slice(-count);
}

async function endOf(path: string, source: PrintedLine['source']): Promise<End> {
  const handle = await open(path, 'r').catch(() => null);
  if (!handle) return { writtenAt: 0, lines: [] };
  try {
    const { size, mtimeMs } = await handle.stat();
    const bytes = await readFrom(handle, Math.max(0, size - mostBytes));
    return { writtenAt: mtimeMs, lines: messagesIn(bytes).map((message) => ({ source, message })) };
  } finally {
    await handle.close();
  }
}

/** From a place on, or from the first whole line behind it: half a secret may stand in half a line. */
async function readFrom(handle: FileHandle, start: number): Promise<Buffer> {
  const buffer = Buffer.alloc(mostBytes);
  const { bytesRead } = await handle.read(buffer, 0, mostBytes, start);
  const bytes = buffer.subarray(0, bytesRead);
  if (start === 0) return bytes;
  const lineEnd = bytes.indexOf('\n');
  return lineEnd < 0 ? bytes.subarray(bytesRead) : bytes.subarray(lineEnd + 1);
}

function messagesIn(bytes: Buffer): string[] {
  const lines = byteLines();
  const whole = lines.push(bytes);
  const rest = lines.rest();
  return (rest ? [...whole, rest] : whole).map(({ message }) => message);
}
