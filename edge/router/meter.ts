import type { Socket } from 'node:net';
import { hourOf } from '@apployd/core/usage';
import type { TrafficSample } from './router.js';

/** Counts what visitors cause, by host name, from the byte counters of their connections. */
export type Meter = {
  /** A request came in. The function it returns is called when the answer is over or its connection is. */
  enter(visit: Visitor): () => void;
  /** Requests of an environment that are being answered, of all its host names. */
  inFlight(environmentId: string): number;
  /** Everything since the last call; of long answers and WebSockets what has passed so far. */
  take(): readonly TrafficSample[];
};

export type Visitor = {
  readonly hostname: string;
  /** Null for the platform's own, which appears in no sample. */
  readonly environmentId: string | null;
  readonly socket: Socket;
};

/** Of a host name while it leads to one environment: where it is given to another, what is open is still the former one's. */
type Count = {
  readonly hostname: string;
  readonly environmentId: string | null;
  requests: number;
  bytesIn: number;
  bytesOut: number;
  inFlight: number;
};
type Mark = { read: number; written: number };

export function meter(): Meter {
  const counts = new Map<string, Count>();
  const open = new Map<Visitor, Count>();
  const inFlight = new Map<string, number>();
  const marks = new WeakMap<Socket, Mark>();

  /** Adds what passed on the connection since it was looked at last. */
  const account = ({ socket }: Visitor, count: Count) => {
    const mark = marks.get(socket);
    if (!mark) return;
    const { bytesRead, bytesWritten } = socket;
    count.bytesIn += bytesRead - mark.read;
    count.bytesOut += bytesWritten - mark.written;
    mark.read = bytesRead;
    mark.written = bytesWritten;
  };

  const countOf = ({ hostname, environmentId }: Visitor) => {
    const key = `${hostname} ${environmentId}`;
    const count = counts.get(key) ?? newCount(hostname, environmentId);
    counts.set(key, count);
    return count;
  };

  const move = (count: Count, by: 1 | -1) => {
    count.inFlight += by;
    const { environmentId } = count;
    if (environmentId === null) return;
    const now = (inFlight.get(environmentId) ?? 0) + by;
    if (now > 0) inFlight.set(environmentId, now);
    else inFlight.delete(environmentId);
  };

  return {
    enter: (visitor) => {
      const count = countOf(visitor);
      count.requests += 1;
      move(count, 1);
      if (!marks.has(visitor.socket)) marks.set(visitor.socket, { read: 0, written: 0 });
      open.set(visitor, count);
      return () => {
        if (!open.delete(visitor)) return;
        account(visitor, count);
        move(count, -1);
      };
    },
    inFlight: (environmentId) => inFlight.get(environmentId) ?? 0,
    take: () => {
      for (const [visitor, count] of open) account(visitor, count);
      const samples = [...counts.values()].flatMap(sampleOf);
      for (const [key, count] of counts) {
        if (count.inFlight === 0) counts.delete(key);
        else Object.assign(count, { requests: 0, bytesIn: 0, bytesOut: 0 });
      }
      return samples;
    },
  };
}

const newCount = (hostname: string, environmentId: string | null): Count => ({
  ...{ hostname, environmentId },
  ...{ requests: 0, bytesIn: 0, bytesOut: 0, inFlight: 0 },
});

function sampleOf({ hostname, environmentId, inFlight: open, ...passed }: Count): TrafficSample[] {
  const { requests, bytesIn, bytesOut } = passed;
  if (environmentId === null || requests + bytesIn + bytesOut + open === 0) return [];
  return [{ hostname, environmentId, hour: hourOf(new Date()), ...passed, open }];
}
