import { useEffect, useState, useSyncExternalStore } from 'react';
import { socket } from '../apollo/socket.js';
import { followLog, type LogOf } from './follow-log.js';
import { type LogLine, type LogState, type LogStore, logStore, mostLines } from './log-store.js';

/** What the loader brought: the end of the log. */
export type LogEnd = {
  readonly nodes: readonly (LogLine & { readonly cursor: string })[];
  readonly pageInfo: { readonly hasPreviousPage: boolean };
};

/** A log that goes on by itself. Mount it anew (`key`) for another log. */
export function useLog(of: LogOf, first: LogEnd, isOver: boolean): LogState {
  const [store] = useState(() => logStore(first.nodes, isOver && !first.pageInfo.hasPreviousPage));
  const id = Object.values(of)[0] as string;
  useEffect(() => {
    if (store.state().isOver) return;
    return followLog(socket().client, of, startOf(first), store);
    // Of one log and one first page for as long as it is mounted.
  }, [id, store]);
  return useStore(store);
}

/** Behind the last line. A short log that came in part is read from its beginning: the store keeps each line once. */
function startOf({ nodes, pageInfo }: LogEnd): string | null {
  const isShort = (nodes[0]?.sequence ?? 0) <= mostLines;
  return pageInfo.hasPreviousPage && isShort ? null : (nodes.at(-1)?.cursor ?? null);
}

const useStore = (store: LogStore): LogState => useSyncExternalStore(store.onChange, store.state, store.state);
