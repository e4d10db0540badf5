import { type Calls, found } from './calls.js';
import {
  BuildLogPageDocument,
  BuildLogSearchDocument,
  BuildLogsDocument,
  EnvironmentLogPageDocument,
  EnvironmentLogSearchDocument,
  EnvironmentLogsDocument,
} from './generated/operations.js';
import type { LogFilter } from './generated/types.js';
import type { RequestOptions } from './http/requests.js';
import { type List, pages } from './pages.js';
import { follow, type FollowOptions, type LogFollower, type Stream } from './stream/follow.js';
import { type LogBatch, linesIn } from './stream/log-lines.js';
import type { LogLine, LogPage, LogSearch } from './types.js';

/** Whose log: the build log of a deployment, or the output of an environment's instances. */
export type LogOf =
  | { readonly deploymentId: string; readonly environmentId?: never }
  | { readonly environmentId: string; readonly deploymentId?: never };

/** A part of a log: the first ones behind `after`, or the last ones before `before`; 100 at most. */
export type LogPageOptions = RequestOptions & {
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
};

export interface Logs {
  /**
   * Lines from the beginning, or from behind `after`, then as they come: each once, in order, however often the connection breaks.
   * A build log ends; an environment's goes on until you leave the loop, `close` or abort. The loop throws NotFoundError,
   * AuthenticationError, StreamGapError (`onGap: 'throw'`), and ProtocolError should a line be missing.
   */
  follow(of: LogOf, options?: FollowOptions): LogFollower;
  /** What is stored so far, oldest first, without waiting for more. */
  list(of: LogOf, options?: RequestOptions): List<LogLine>;
  /** One page of what is stored. Throws NotFoundError. */
  page(of: LogOf, options?: LogPageOptions): Promise<LogPage>;
  /**
   * The newest lines that hold all that is given: `text` is found literally, whatever its case. One request searches a bounded
   * part of the log: while `isComplete` is false, go on with `before: page.stoppedAt`; or from the beginning on with `first`,
   * and `after: page.stoppedAt`. Throws NotFoundError, RequestError (a text of more than 200 characters).
   */
  search(of: LogOf, filter: LogFilter, options?: LogPageOptions): Promise<LogSearch>;
  /** The last lines, oldest first; 100 at most. */
  tail(of: LogOf, count: number, options?: RequestOptions): Promise<readonly LogLine[]>;
}

const linesPerPage = 100;

export function logs(calls: Calls): Logs {
  const page = (of: LogOf, { signal, deadlineMs, ...place }: LogPageOptions = {}) =>
    pageOf(calls, of, place, { signal, deadlineMs });
  return {
    follow: (of, options = {}) => follow(streamOf(calls, of), of.deploymentId ? 1 : null, calls.delays, options),
    list: (of, options) => pages((after, first) => page(of, { ...options, after, first }), linesPerPage),
    page,
    search: (of, filter, options) => searchOf(calls, of, filter, options),
    tail: async (of, count, options) => (await page(of, { ...options, last: Math.min(count, linesPerPage) })).nodes,
  };
}

type Place = Pick<LogPageOptions, 'first' | 'after' | 'last' | 'before'>;

async function pageOf({ request }: Calls, of: LogOf, place: Place, options: RequestOptions): Promise<LogPage> {
  if (of.deploymentId !== undefined) {
    const { deployment } = await request(BuildLogPageDocument, { deploymentId: of.deploymentId, ...place }, options);
    return found(deployment, 'deployment', of.deploymentId).buildLogs;
  }
  const { environment } = await request(
    EnvironmentLogPageDocument,
    { environmentId: of.environmentId, ...place },
    options,
  );
  return found(environment, 'environment', of.environmentId).logs;
}

async function searchOf(
  { request }: Calls,
  of: LogOf,
  filter: LogFilter,
  { signal, deadlineMs, ...place }: LogPageOptions = {},
): Promise<LogSearch> {
  const options = { signal, deadlineMs };
  if (of.deploymentId !== undefined) {
    const { deploymentId } = of;
    const { deployment } = await request(BuildLogSearchDocument, { deploymentId, filter, ...place }, options);
    return found(deployment, 'deployment', deploymentId).logSearch;
  }
  const { environmentId } = of;
  const { environment } = await request(EnvironmentLogSearchDocument, { environmentId, filter, ...place }, options);
  return found(environment, 'environment', environmentId).logSearch;
}

function streamOf(calls: Calls, of: LogOf): Stream<LogBatch, LogLine> {
  return { name: 'log', items: 'log lines', open: openOf(calls, of), itemsIn: linesIn };
}

function openOf({ streams }: Calls, of: LogOf): Stream<LogBatch, LogLine>['open'] {
  if (of.deploymentId !== undefined) {
    const { deploymentId } = of;
    return (after, signal) =>
      events(streams.subscribe(BuildLogsDocument, { deploymentId, after }, signal), ({ buildLogs }) => buildLogs);
  }
  const { environmentId } = of;
  return (after, signal) =>
    events(
      streams.subscribe(EnvironmentLogsDocument, { environmentId, after }, signal),
      (data) => data.environmentLogs,
    );
}

async function* events<Result, Event>(results: AsyncIterable<Result>, pick: (result: Result) => Event) {
  for await (const result of results) yield pick(result);
}
