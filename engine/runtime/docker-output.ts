import type Docker from 'dockerode';
import { readLineBytes } from '@apployd/core/log-line';
import { systemClock } from '@apployd/core/clock';
import { callDeadlineMs, callOptions, unlessGone } from './docker-call.js';
import { parseCursor, passOver, sinceOf, writeCursor } from './docker-cursor.js';
import type { Position } from './docker-cursor.js';
import { readFrames } from './docker-frames.js';
import type { DockerEntry } from './docker-frames.js';
import type { OutputCursor, OutputLine } from './runtime.js';

const lookAgainMs = 500;
const maxTroubles = 20;

/** Lines of a container from its log, until it has ended and all is read. Reconnects when Docker's engine restarts. */
export async function* readContainerOutput(
  docker: Docker,
  handle: string,
  after: OutputCursor | null,
  signal: AbortSignal,
): AsyncGenerator<OutputLine> {
  const position = parseCursor(after);
  for (let troubles = 0; !signal.aborted;) {
    try {
      // Asked before reading: when it had ended by then, this reading saw everything.
      const running = await isRunning(docker, handle);
      if (running === null) return;
      for await (const line of readOnce(docker, handle, position, signal)) {
        troubles = 0;
        yield line;
      }
      if (!running) return;
    } catch (error) {
      troubles += 1;
      if (!signal.aborted && troubles > maxTroubles) throw error;
      await systemClock.sleep(lookAgainMs, signal).catch(() => undefined);
    }
  }
}

async function isRunning(docker: Docker, handle: string): Promise<boolean | null> {
  const info = await unlessGone(docker.getContainer(handle).inspect(callOptions()));
  return info && info.State.Running;
}

/** One connection's worth of lines; moves `position` on. */
async function* readOnce(
  docker: Docker,
  handle: string,
  position: Position,
  signal: AbortSignal,
): AsyncGenerator<OutputLine> {
  const stream = await connect(docker, handle, sinceOf(position), signal);
  if (!stream) return;
  const entries = passOver(position, readFrames(stream));
  try {
    for await (const { source, at, message } of joinParts(entries)) {
      yield { source, at, message, cursor: writeCursor(position) };
      if (signal.aborted) return;
    }
  } finally {
    stream.destroy();
  }
}

/** Dockerode's own deadline would also end a log that is merely quiet: this one ends with the first answer. */
async function connect(docker: Docker, handle: string, since: string, signal: AbortSignal) {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(new Error('Docker did not answer')), callDeadlineMs);
  const options = { follow: true, stdout: true, stderr: true, timestamps: true, since } as const;
  const abortSignal = AbortSignal.any([signal, waiting.signal]);
  try {
    const stream = await unlessGone(
      docker.getContainer(handle).logs({ ...options, since: since as never, abortSignal }),
    );
    return stream as (NodeJS.ReadableStream & { destroy(): void }) | null;
  } finally {
    clearTimeout(timer);
  }
}

type Line = Pick<OutputLine, 'source' | 'at' | 'message'>;

/** Docker cuts lines of more than 16 KiB into entries, of which only the last has a line end. */
async function* joinParts(entries: AsyncIterable<DockerEntry>): AsyncGenerator<Line> {
  const open = { STDOUT: '', STDERR: '' };
  const times: { STDOUT?: Date; STDERR?: Date } = {};
  for await (const { source, stamp, text } of entries) {
    const at = (times[source] ??= new Date(stamp));
    const whole = text.endsWith('\n');
    open[source] += withoutEnd(text).slice(0, readLineBytes - open[source].length);
    if (!whole) continue;
    yield { source, at, message: open[source] };
    open[source] = '';
    delete times[source];
  }
  for (const source of ['STDOUT', 'STDERR'] as const) {
    const at = times[source];
    if (at) yield { source, at, message: open[source] };
  }
}

function withoutEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
