import { ProtocolError } from '../error/apployd-error.js';
import { isPassing } from '../http/requests.js';
import { linked, sleep } from '../http/time.js';
import type { Logs } from '../logs.js';
import type { LogLine } from '../types.js';
import type { Link } from './watch-deployment.js';

type Delivering = { readonly logs: Logs; readonly pollMs: number; readonly link: Link };

export type LogDelivery = {
  /** Never resolves; rejects when the log cannot be delivered at all, or `onLog` throws. */
  readonly failed: Promise<never>;
  /** For when the deployment has ended: resolves once every line has been handed out, from the store when the stream does not end soon. */
  drain(): Promise<void>;
};

const drainMs = 3_000;

/** Hands out a build log, each line once: from the stream, or page by page while there is none. */
export function deliverLog(
  { logs, pollMs, link }: Delivering,
  deploymentId: string,
  onLog: (line: LogLine) => void | Promise<void>,
  signal: AbortSignal,
): LogDelivery {
  const ending = linked(signal);
  const pump: Pump = { sequence: 0, link, pageCursor: null, turn: Promise.resolve(), onLog };
  const stream = streamed(pump, logs, deploymentId, ending.signal);
  const failed = Promise.all([stream, polled(pump, logs, deploymentId, pollMs, ending.signal, stream)]).then(
    () => new Promise<never>(() => {}),
  );
  failed.catch(() => {});
  return {
    failed,
    drain: async () => {
      const limit = linked(ending.signal);
      try {
        const ended = stream.then(() => true);
        const late = sleep(drainMs, limit.signal).then(() => false);
        if (!(await Promise.race([ended, late, failed]))) await readPages(pump, logs, deploymentId, ending.signal);
      } finally {
        limit.abort();
        ending.abort();
        ending.release();
      }
    },
  };
}

type Pump = {
  /** Of the last line that was handed out. */
  sequence: number;
  readonly link: Link;
  pageCursor: string | null;
  /** Stream and pages take turns, so that lines stay in order while `onLog` takes its time. */
  turn: Promise<void>;
  readonly onLog: (line: LogLine) => void | Promise<void>;
};

function handOut(pump: Pump, line: LogLine): Promise<void> {
  const turn = pump.turn.then(async () => {
    if (line.sequence <= pump.sequence) return;
    pump.sequence = line.sequence;
    await pump.onLog(line);
  });
  pump.turn = turn;
  return turn;
}

async function streamed(pump: Pump, logs: Logs, deploymentId: string, signal: AbortSignal): Promise<void> {
  for await (const line of logs.follow({ deploymentId }, { signal })) await handOut(pump, line);
}

async function polled(
  pump: Pump,
  logs: Logs,
  deploymentId: string,
  pollMs: number,
  signal: AbortSignal,
  stream: Promise<void>,
): Promise<void> {
  const limit = linked(signal);
  stream.then(limit.abort, limit.abort);
  try {
    for (;;) {
      await sleep(pollMs, limit.signal);
      if (!pump.link.isUp) await readPages(pump, logs, deploymentId, limit.signal);
    }
  } catch (error) {
    if (!limit.signal.aborted) throw error;
  } finally {
    limit.release();
  }
}

const mostPages = 10_000;

async function readPages(pump: Pump, logs: Logs, deploymentId: string, signal: AbortSignal): Promise<void> {
  try {
    for (let page = 1; page <= mostPages; page += 1) {
      const { nodes, pageInfo } = await logs.page({ deploymentId }, { first: 100, after: pump.pageCursor, signal });
      for (const line of nodes) await handOut(pump, line);
      pump.pageCursor = pageInfo.endCursor ?? pump.pageCursor;
      if (!pageInfo.hasNextPage) return;
    }
    throw new ProtocolError('The build log has no end.');
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
}
