import { requestError } from './request-error.js';

type PageArguments = {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
};

type Order = 'asc' | 'desc';

/** What to look for: ids within bounds, so that a place stays one when no row is there. */
type Range = {
  readonly id: { readonly gt?: string; readonly lt?: string };
  readonly order: Order;
  readonly take: number;
};

const defaultSize = 50;
const maxSize = 100;

/** A page of rows in the order of their ids, found by where they stand and not by how many stand before them. */
export async function keysetPage<Row extends { readonly id: string }>(
  args: PageArguments,
  order: Order,
  find: (range: Range) => Promise<readonly Row[]>,
) {
  const { size, backward, place } = placeIn(args);
  const direction = backward ? opposite[order] : order;
  const id = place === null ? {} : direction === 'asc' ? { gt: place } : { lt: place };
  const rows = await find({ id, order: direction, take: size + 1 });
  const more = rows.length > size;
  const edges = rows.slice(0, size).map((node) => ({ node, cursor: cursorOf(node) }));
  if (backward) edges.reverse();
  return {
    edges,
    pageInfo: {
      hasNextPage: backward ? place !== null : more,
      hasPreviousPage: backward ? more : place !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

const opposite = { asc: 'desc', desc: 'asc' } as const;

/** Forward from `after` with `first`, or backward from `before` (or the end) with `last`; not both. */
function placeIn({ first, after, last, before }: PageArguments) {
  const backward = last != null || before != null;
  if (backward && (first != null || after != null)) {
    throw requestError('BAD_REQUEST', 'Page forward with first and after, or backward with last and before, not both.');
  }
  const size = Math.min(last ?? first ?? defaultSize, maxSize);
  if (size < 1) throw requestError('BAD_REQUEST', 'A page has at least one row.');
  const cursor = backward ? before : after;
  return { size, backward, place: cursor == null ? null : idIn(cursor) };
}

function cursorOf({ id }: { readonly id: string }): string {
  return Buffer.from(id).toString('base64url');
}

function idIn(cursor: string): string {
  const id = cursor.length <= 64 ? Buffer.from(cursor, 'base64url').toString() : '';
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw requestError('BAD_REQUEST', 'This is no cursor of this list. Pass back one that it gave, or none.');
}
