import type { LogLine, LogStreamId } from '@apployd/core/log-line';
import type { Events } from '../events/events.js';
import { memoryEvents } from '../events/memory.js';
import { silentLogger } from '../log/logger.js';
import { searchBounds, type Candidates, type LogStore } from './log-store.js';
import { LogCheckpointMoved, type LogCheckpoint, type Logs } from './logs.js';
import { storedLogs } from './stored-logs.js';

/** Logs within one process, kept as long as it lives. */
export function memoryLogs(events: Events = memoryEvents()): Logs {
  return storedLogs(memoryLogStore(), { events, log: silentLogger });
}

function memoryLogStore(): LogStore {
  const streams = new Map<LogStreamId, { readonly lines: LogLine[]; ended: boolean }>();
  const cursors = new Map<string, string | null>();

  /** The first that is heard of an instance is believed. */
  function moveOn({ instanceId, from, to }: LogCheckpoint): void {
    const at = cursors.get(instanceId) ?? from;
    if (at !== from) throw new LogCheckpointMoved(at);
    cursors.set(instanceId, to);
  }

  function streamOf(id: LogStreamId) {
    const stream = streams.get(id) ?? { lines: [], ended: false };
    streams.set(id, stream);
    return stream;
  }

  return {
    async append(id, _, added, checkpoint) {
      const { lines, ended } = streamOf(id);
      if (ended) return null;
      if (checkpoint) moveOn(checkpoint);
      for (const line of added) lines.push({ ...line, sequence: lines.length + 1 });
      return BigInt(lines.length);
    },
    async end(id) {
      streamOf(id).ended = true;
    },
    async remove(id) {
      streams.delete(id);
    },
    async heads(ids) {
      return new Map(
        ids.map((id) => {
          const { lines, ended } = streamOf(id);
          return [id, { first: 1, last: lines.length, ended }];
        }),
      );
    },
    range: async (id, from, to) => streamOf(id).lines.slice(from - 1, to),
    candidates: async (id, _, { from, backwards }) => memoryCandidates(streamOf(id).lines, from, backwards),
  };
}

/** All lines alike: they are at hand. */
function memoryCandidates(all: readonly LogLine[], from: number, backwards: boolean): Candidates {
  const most = searchBounds.lines;
  const end = Math.min(from - 1, all.length);
  const lines = backwards ? all.slice(Math.max(0, end - most), Math.max(0, end)) : all.slice(from, from + most);
  const [first, last] = [lines.at(0)?.sequence ?? from, lines.at(-1)?.sequence ?? from];
  const bytes = lines.reduce((sum, { message }) => sum + message.length, 0);
  return {
    chunks: lines.length > 0 ? [{ bytes, lines: async () => lines }] : [],
    reached: backwards ? first : last,
    isComplete: backwards ? first <= 1 || lines.length === 0 : last >= all.length,
  };
}
