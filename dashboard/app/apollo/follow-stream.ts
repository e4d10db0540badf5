import type { DocumentNode } from 'graphql';
import { print } from 'graphql';
import type { Client } from 'graphql-ws';

/** What a stream says: where it is then, and whether that was its end. */
type Message = { readonly __typename: string; readonly cursor: string; readonly endReason?: string };

const pauseMs = 500;

/**
 * Hands on what is behind the cursor until the stream is over, over as many connections as it takes. Returns how to stop.
 * graphql-ws subscribes again by itself when the connection was lost, and reads the variables anew: they hold the last cursor.
 */
export function followStream<Said extends Message>(
  client: Client,
  asked: { readonly document: DocumentNode; readonly variables: object },
  after: string | null,
  take: (said: Said) => void,
): () => void {
  let cursor = after;
  let stopped = false;
  let unsubscribe: () => void = () => undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;
  const query = print(asked.document);

  const subscribe = () => {
    if (stopped) return;
    const payload = {
      query,
      get variables() {
        return { ...asked.variables, after: cursor };
      },
    };
    unsubscribe = client.subscribe<Record<string, Said | null>>(payload, {
      next: ({ data }) => {
        const said = data?.[Object.keys(data)[0] ?? ''];
        // There is nothing there for this visitor, or no longer.
        if (said === null) return stop();
        if (!said) return;
        cursor = said.cursor;
        if (isLeaving(said)) return;
        take(said);
        if (said.__typename === 'StreamEnd') stop();
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

/** The server stops, not the stream. */
function isLeaving({ __typename, endReason }: Message): boolean {
  return __typename === 'StreamEnd' && endReason === 'SERVER_DRAIN';
}
