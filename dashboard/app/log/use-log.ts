import { useEffect, useState, useSyncExternalStore } from 'react';
import { socket } from '../apollo/socket.js';
import { followLog, type LogOf } from './follow-log.js';
import { type LogLine, type LogState, type LogStore, logStore, mostLines } from './log-store.js';

/** What the loader brought: the end of the log. */
export type LogEnd = {
  readonly nodes: readonly (LogLine & { readonly cursor: string })[];
  readonly pageInfo: { readonly hasPreviousPage: boolean };
};

/**
 * The whole of a build log, as it goes on; `isOver` when nothing more can come.
 * Mount it anew (`key`) for another log.
 */
export function useBuildLog(deploymentId: string, first: LogEnd, isOver: boolean): LogState {
  const [store] = useState(() => logStore(first.nodes, isOver && !first.pageInfo.hasPreviousPage));
  useFollowed({ deploymentId }, beginningOf(first), store);
  return useStore(store);
}

/** Follows into the store until the log is over. */
export function useFollowed(of: LogOf, after: string | null, store: LogStore): void {
  const id = Object.values(of)[0] as string;
  useEffect(() => {
    if (store.state().isOver) return;
    return followLog(socket().client, of, after, store);
    // Of one log and one first page for as long as it is mounted.
  }, [id, store]);
}

export const useStore = (store: LogStore): LogState => useSyncExternalStore(store.onChange, store.state, store.state);

export const cursorOfEnd = ({ nodes }: LogEnd): string | null => nodes.at(-1)?.cursor ?? null;

/** Behind the last line. A log that came in part is read from its beginning: the store keeps each line once. */
function beginningOf(first: LogEnd): string | null {
  const isShort = (first.nodes[0]?.sequence ?? 0) <= mostLines;
  return first.pageInfo.hasPreviousPage && isShort ? null : cursorOfEnd(first);
}
