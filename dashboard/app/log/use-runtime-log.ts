import { useRef, useState } from 'react';
import { fetchJson } from '../api/fetch-json.js';
import { type LogState, logStore } from './log-store.js';
import { cursorOfEnd, type LogEnd, useFollowed, useStore } from './use-log.js';

type RuntimeLog = {
  readonly log: LogState;
  readonly above: 'coming' | 'loading' | 'none';
  /** Brings what came before the first line. */
  readonly loadEarlier: () => void;
};

/** The output of an environment from its latest lines on; earlier ones come when they are wanted. */
export function useRuntimeLog(environmentId: string, first: LogEnd, earlierAt: string): RuntimeLog {
  const [store] = useState(() => logStore(first.nodes));
  useFollowed({ environmentId }, cursorOfEnd(first), store);
  const [above, setAbove] = useState<RuntimeLog['above']>(first.pageInfo.hasPreviousPage ? 'coming' : 'none');
  const before = useRef(first.nodes[0]?.cursor);
  const loadEarlier = async () => {
    if (above !== 'coming' || before.current === undefined) return;
    setAbove('loading');
    const query = new URLSearchParams({ environment: environmentId, before: before.current });
    const page = await fetchJson<LogEnd>(`${earlierAt}?${query}`);
    if (!page) return setAbove('coming');
    before.current = page.nodes[0]?.cursor;
    store.add(page.nodes);
    setAbove(page.pageInfo.hasPreviousPage ? 'coming' : 'none');
  };
  return { log: useStore(store), above, loadEarlier: () => void loadEarlier() };
}
