import { ProtocolError } from './error/apployd-error.js';
import type { PageInfoFragment } from './generated/types.js';

export type Page<T> = { readonly nodes: readonly T[]; readonly pageInfo: PageInfoFragment };

/** Everything of a list, a page at a time, as it is asked for. Each loop starts from the beginning. */
export interface List<T> extends AsyncIterable<T> {
  /** The first `limit` of them. */
  toArray(options: { readonly limit: number }): Promise<T[]>;
}

export const pageSize = 25;

/** `fetchPage` gets the cursor behind which to go on, and how many to ask for. */
export function pages<T>(
  fetchPage: (after: string | null, first: number) => Promise<Page<T>>,
  size = pageSize,
): List<T> {
  return {
    [Symbol.asyncIterator]: () => itemsOf(fetchPage, size),
    toArray: async ({ limit }) => {
      const items: T[] = [];
      if (limit < 1) return items;
      for await (const item of itemsOf(fetchPage, Math.min(limit, size))) {
        items.push(item);
        if (items.length >= limit) break;
      }
      return items;
    },
  };
}

async function* itemsOf<T>(
  fetchPage: (after: string | null, first: number) => Promise<Page<T>>,
  size: number,
): AsyncGenerator<T, void> {
  let after: string | null = null;
  for (;;) {
    const { nodes, pageInfo }: Page<T> = await fetchPage(after, size);
    yield* nodes;
    if (!pageInfo.hasNextPage) return;
    if (pageInfo.endCursor === null || pageInfo.endCursor === after) {
      throw new ProtocolError('The list says that it goes on, but not from where.');
    }
    after = pageInfo.endCursor;
  }
}
