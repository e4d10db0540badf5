import type { LogEventFragment } from '@apployd/sdk';
import { BuildLogsDocument, EnvironmentLogsDocument } from '@apployd/sdk/documents';
import { print } from 'graphql';
import type { Client } from 'graphql-ws';
import type { LogStore } from './log-store.js';

export type LogOf = { readonly deploymentId: string } | { readonly environmentId: string };

const pauseMs = 500;

/**
 * Brings lines behind the cursor into the store until the log is over, over as many connections as it takes. Returns how to stop.
 * graphql-ws subscribes again by itself when the connection was lost, and reads the variables anew: they hold the last cursor.
 */
export function followLog(client: Client, of: LogOf, after: string | null, store: LogStore): () => void {
  let cursor = after;
  let stopped = false;
  let unsubscribe: () => void = () => undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;
  const query = print('deploymentId' in of ? BuildLogsDocument : EnvironmentLogsDocument);

  const subscribe = () => {
    if (stopped) return;
    const payload = {
      query,
      get variables() {
        return { ...of, after: cursor };
      },
    };
    unsubscribe = client.subscribe<Record<string, LogEventFragment | null>>(payload, {
      next: ({ data }) => {
        const event = data?.[Object.keys(data)[0] ?? ''];
        if (!event) return;
        cursor = event.cursor;
        if (take(event, store)) stop();
      },
      // The server leaves, or the connection was refused: on from the cursor, after a breath.
      error: () => (pause = setTimeout(subscribe, pauseMs)),
      complete: () => (pause = setTimeout(subscribe, pauseMs)),
    });
  };
  const stop = () => {
    stopped = true;
    clearTimeout(pause);
    unsubscribe();
  };
  subscribe();
  return stop;
}

/** Takes what the stream says, and tells whether that was the end of it. */
function take(event: LogEventFragment, store: LogStore): boolean {
  if (event.__typename === 'LogBatch') store.add(event.lines);
  if (event.__typename === 'StreamGap') store.lose(event.lost ?? 0);
  if (event.__typename !== 'StreamEnd' || event.endReason === 'SERVER_DRAIN') return false;
  store.end();
  return true;
}
