import type { Socket } from 'node:net';
import type { TrafficSample } from './router.js';

/** Counts what visitors cause, by host name, from the byte counters of their connections. */
export type Meter = {
  /** A request came in. The function it returns is called when the answer is over or its connection is. */
  enter(visit: Visitor): () => void;
  /** Requests of a host name that are being answered. */
  inFlight(hostname: string): number;
  /** Everything since the last call; of long answers and WebSockets what has passed so far. */
  take(): readonly TrafficSample[];
};

export type Visitor = {
  readonly hostname: string;
  /** Null for the platform's own, which appears in no sample. */
  readonly environmentId: string | null;
  readonly socket: Socket;
};

type Count = { requests: number; bytesIn: number; bytesOut: number; inFlight: number; environmentId: string | null };
type Mark = { read: number; written: number };

export function meter(): Meter {
  const counts = new Map<string, Count>();
  const open = new Set<Visitor>();
  const marks = new WeakMap<Socket, Mark>();

  /** Adds what passed on the connection since it was looked at last. */
  const account = ({ hostname, socket }: Visitor) => {
    const count = counts.get(hostname);
    const mark = marks.get(socket);
    if (!count || !mark) return;
    const { bytesRead, bytesWritten } = socket;
    count.bytesIn += bytesRead - mark.read;
    count.bytesOut += bytesWritten - mark.written;
    mark.read = bytesRead;
    mark.written = bytesWritten;
  };

  return {
    enter: (visitor) => {
      const count = counts.get(visitor.hostname) ?? newCount(visitor.environmentId);
      counts.set(visitor.hostname, count);
      count.environmentId = visitor.environmentId;
      count.requests += 1;
      count.inFlight += 1;
      if (!marks.has(visitor.socket)) marks.set(visitor.socket, { read: 0, written: 0 });
      open.add(visitor);
      return () => {
        if (!open.delete(visitor)) return;
        account(visitor);
        count.inFlight -= 1;
      };
    },
    inFlight: (hostname) => counts.get(hostname)?.inFlight ?? 0,
    take: () => {
      for (const visitor of open) account(visitor);
      const samples = [...counts].flatMap(([hostname, count]) => sampleOf(hostname, count));
      for (const [hostname, count] of counts) {
        if (count.inFlight === 0) counts.delete(hostname);
        else Object.assign(count, { requests: 0, bytesIn: 0, bytesOut: 0 });
      }
      return samples;
    },
  };
}

const newCount = (environmentId: string | null): Count => ({
  requests: 0,
  bytesIn: 0,
  bytesOut: 0,
  inFlight: 0,
  environmentId,
});

function sampleOf(
  hostname: string,
  { environmentId, requests, bytesIn, bytesOut, inFlight: open }: Count,
): TrafficSample[] {
  if (environmentId === null || requests + bytesIn + bytesOut + open === 0) return [];
  return [{ hostname, environmentId, requests, bytesIn, bytesOut, open }];
}
