import type Docker from 'dockerode';
import { withDeadline } from '@apployd/core/deadline';
import { callDeadlineMs, unlessGone } from './docker-call.js';
import { parseCursor, passOver } from './docker-cursor.js';
import { readFrames } from './docker-frames.js';
import type { DockerEntry } from './docker-frames.js';
import { joinParts } from './docker-output-lines.js';
import type { PrintedLine } from './runtime.js';

/** Lines so close to the end are surely looked at: for them it is worth asking again. */
const closeLines = 20;
/** By how much more than what is wanted is read, at most, to find where lines begin. */
const mostTimes = 8;
const unknownText = '[the beginning of this line was not read]';

/**
 * Of what is in a container's log by now the last lines. Where the beginning of one is missing, half a secret may stand
 * there: another text stands in its place.
 */
export async function readLastOutput(
  docker: Docker,
  handle: string,
  count: number,
  signal: AbortSignal,
): Promise<readonly PrintedLine[]> {
  // One entry more than is needed: mostly it is the only one of which the beginning may be missing.
  const fewest = count + 1;
  for (let tail = fewest; ; tail *= 2) {
    const lines = await readTail(docker, handle, { tail, count }, signal);
    const isKnown = lines.slice(-closeLines).every(({ beginsHere }) => beginsHere);
    if (!isKnown && tail * 2 <= fewest * mostTimes) continue;
    return lines.map(({ source, message, beginsHere }) => ({ source, message: beginsHere ? message : unknownText }));
  }
}

type TailLine = PrintedLine & { readonly beginsHere: boolean };

/** The last `count` lines of the last `tail` entries. Holds no more than these lines. */
async function readTail(
  docker: Docker,
  handle: string,
  { tail, count }: { readonly tail: number; readonly count: number },
  signal: AbortSignal,
): Promise<readonly TailLine[]> {
  const options = { follow: false, stdout: true, stderr: true, timestamps: true, tail } as const;
  const abortSignal = withDeadline(signal, callDeadlineMs);
  const log = await unlessGone(docker.getContainer(handle).logs({ ...options, abortSignal }));
  let read = 0;
  const entries = counted(readFrames([log ?? Buffer.alloc(0)]), () => (read += 1));
  const lines: TailLine[] = [];
  const seen = new Set<string>();
  for await (const { source, message } of joinParts(passOver(parseCursor(null), entries))) {
    lines.push({ source, message, beginsHere: seen.has(source) });
    seen.add(source);
    if (lines.length > count) lines.shift();
  }
  // Fewer than were asked for are all that there are.
  return read < tail ? lines.map((line) => ({ ...line, beginsHere: true })) : lines;
}

async function* counted(entries: AsyncIterable<DockerEntry>, onEntry: () => void): AsyncGenerator<DockerEntry> {
  for await (const entry of entries) {
    onEntry();
    yield entry;
  }
}
