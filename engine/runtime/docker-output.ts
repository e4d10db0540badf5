import type Docker from 'dockerode';
import { systemClock } from '@apployd/core/clock';
import { callDeadlineMs, callOptions, unlessGone } from './docker-call.js';
import { parseCursor, passOver, sinceOf, writeCursor } from './docker-cursor.js';
import type { Position } from './docker-cursor.js';
import { readFrames } from './docker-frames.js';
import { joinParts } from './docker-output-lines.js';
import type { OutputCursor, OutputLine } from './runtime.js';

const lookAgainMs = 500;
const maxTroubles = 20;
const removedText = 'Lines may be missing here: the container was removed before all that it printed was read.';

/**
 * Lines of a container from its log, until it has ended and all is read. Reconnects when Docker's engine restarts. One that
 * is removed earlier ends with a line that says so.
 */
export async function* readContainerOutput(
  docker: Docker,
  handle: string,
  after: OutputCursor | null,
  signal: AbortSignal,
): AsyncGenerator<OutputLine> {
  const position = parseCursor(after);
  let wasThere = false;
  for (let troubles = 0; !signal.aborted;) {
    try {
      // Asked before reading: when it had ended by then, this reading saw everything.
      const running = await isRunning(docker, handle);
      if (running === null) {
        // Whoever comes only now cannot know whether another has read all of it.
        if (wasThere) yield removedLine(position);
        return;
      }
      wasThere = true;
      const stream = await connect(docker, handle, sinceOf(position), signal);
      if (!stream) continue;
      for await (const line of readOnce(stream, position, () => running || signal.aborted)) {
        troubles = 0;
        yield line;
        if (signal.aborted) return;
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

function removedLine(position: Position): OutputLine {
  return { source: 'PLATFORM', at: systemClock.now(), message: removedText, cursor: writeCursor(position) };
}

type LogStream = NodeJS.ReadableStream & { destroy(): void };

/** One connection's worth of lines; moves `position` on. A line without an end is one only where no more of it can follow. */
async function* readOnce(stream: LogStream, position: Position, mayFollow: () => boolean): AsyncGenerator<OutputLine> {
  const entries = passOver(position, readFrames(stream));
  try {
    for await (const { source, at, message, mark, openSince, isWhole } of joinParts(entries)) {
      if (!isWhole && mayFollow()) return;
      if (mark && source !== 'PLATFORM') Object.assign(position, { [source]: mark, openSince });
      yield { source, at, message, cursor: writeCursor(position) };
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
    return stream as LogStream | null;
  } finally {
    clearTimeout(timer);
  }
}
