import type { LogEventFragment } from '@apployd/sdk';
import { BuildLogsDocument, EnvironmentLogsDocument } from '@apployd/sdk/documents';
import type { Client } from 'graphql-ws';
import { followStream } from '../apollo/follow-stream.js';
import type { LogStore } from './log-store.js';

export type LogOf = { readonly deploymentId: string } | { readonly environmentId: string };

/** Brings lines behind the cursor into the store until the log is over. Returns how to stop. */
export function followLog(client: Client, of: LogOf, after: string | null, store: LogStore): () => void {
  const document = 'deploymentId' in of ? BuildLogsDocument : EnvironmentLogsDocument;
  return followStream<LogEventFragment>(client, { document, variables: of }, after, (said) => take(said, store));
}

function take(said: LogEventFragment, store: LogStore): void {
  if (said.__typename === 'LogBatch') store.add(said.lines);
  if (said.__typename === 'StreamGap') store.lose(said.lost ?? 0);
  if (said.__typename === 'StreamEnd') store.end();
}
