import { signedIn, type Context } from '../context.js';
import { requestError } from '../request-error.js';
import { cursorOf, sequenceOf } from '../stream/cursor.js';
import { readEvents, type EventStreamOf } from './read.js';
import { eventTypes } from './types.js';

type Arguments = {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly types?: readonly string[] | null;
};

const defaultSize = 50;

/** Events of what the viewer sees already, the oldest first. */
export async function eventPage(context: Context, stream: EventStreamOf, args: Arguments) {
  const { size, backward, range } = rangeOf(args);
  const of = { stream, types: eventTypes(args.types), viewer: signedIn(context) };
  const read = await readEvents(context.db, of, { ...range, limit: size + 1, newest: backward });
  const found = read?.events ?? [];
  const more = found.length > size;
  const events = backward ? found.slice(-size) : found.slice(0, size);
  const edges = events.map((node) => ({ node, cursor: cursorOf(Number(node.sequence)) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: backward ? args.before != null : more,
      hasPreviousPage: backward ? more : args.after != null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** Forward from `after` with `first`, or backward from `before` (or the end) with `last`; not both. */
function rangeOf({ first, after, last, before }: Arguments) {
  const backward = last != null || before != null;
  if (backward && (first != null || after != null)) {
    throw requestError('BAD_REQUEST', 'Page forward with first and after, or backward with last and before, not both.');
  }
  const range = backward
    ? { after: 0, ...(before == null ? {} : { before: sequenceOf(before) }) }
    : { after: after == null ? 0 : sequenceOf(after) };
  return { size: last ?? first ?? defaultSize, backward, range };
}
