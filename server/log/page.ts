import type { Logs } from '@apployd/backplane/logs/logs';
import { buildLogOf, runtimeLogOf, type LogStreamId } from '@apployd/core/log-line';
import { requestError } from '../request-error.js';
import { cursorOf, sequenceOf } from '../stream/cursor.js';

type PageArguments = {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
};

const defaultSize = 100;
const maxSize = 500;

export function buildLogPage(logs: Pick<Logs, 'read'>, deploymentId: string, args: PageArguments) {
  return page(logs, buildLogOf(deploymentId), args);
}

export function runtimeLogPage(logs: Pick<Logs, 'read'>, environmentId: string, args: PageArguments) {
  return page(logs, runtimeLogOf(environmentId), args);
}

async function page(logs: Pick<Logs, 'read'>, stream: LogStreamId, args: PageArguments) {
  const range = rangeOf(args);
  const { lines, hasNext, hasPrevious } = await logs.read(stream, range);
  const edges = lines.map((line) => ({ node: line, cursor: cursorOf(line.sequence) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: hasNext,
      hasPreviousPage: hasPrevious,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** Forward from `after` with `first`, or backward from `before` (or the end) with `last`; not both. */
function rangeOf({ first, after, last, before }: PageArguments) {
  const backward = last != null || before != null;
  if (backward && (first != null || after != null)) {
    throw requestError('BAD_REQUEST', 'Page forward with first and after, or backward with last and before, not both.');
  }
  const limit = Math.min(last ?? first ?? defaultSize, maxSize);
  if (limit < 1) throw requestError('BAD_REQUEST', 'A page has at least one line.');
  if (backward) return { before: before == null ? Number.MAX_SAFE_INTEGER : sequenceOf(before), limit };
  return { after: after == null ? 0 : sequenceOf(after), limit };
}
