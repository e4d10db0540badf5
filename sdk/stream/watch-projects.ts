import { type Calls, found } from '../calls.js';
import { ProjectChangedDocument } from '../generated/operations.js';
import { linked } from '../http/time.js';
import type { Project } from '../types.js';
import { type Reconnect, resume } from './resume.js';

export type WatchOptions = {
  /** Ends the loop; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told before each new connection: what changed while there was none for long is to be listed. */
  readonly onReconnect?: (reconnect: Reconnect) => void;
};

/** Each project of an organization when something happened in it, over as many connections as it takes. */
export async function* watchProjects(
  { streams, delays }: Pick<Calls, 'streams' | 'delays'>,
  organizationId: string,
  { signal, onReconnect }: WatchOptions = {},
): AsyncGenerator<Project, void> {
  const ending = linked(signal);
  const reconnects = resume(delays, onReconnect);
  try {
    for (;;) {
      reconnects.opened();
      const ended = yield* connection(streams, organizationId, ending.signal);
      ending.signal.throwIfAborted();
      await reconnects.next(ended, ending.signal);
    }
  } finally {
    ending.abort();
    ending.release();
  }
}

/** Why it ended; null when it did not say. What is not there ends the loop. */
async function* connection(
  streams: Calls['streams'],
  organizationId: string,
  signal: AbortSignal,
): AsyncGenerator<Project, Error | null> {
  const messages = streams.subscribe(ProjectChangedDocument, { organizationId }, signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const message = await messages.next().catch((error: unknown) => error as Error);
      if (message instanceof Error) return message;
      if (message.done) return null;
      yield found(message.value.projectChanged, 'organization', organizationId);
    }
  } finally {
    await messages.return?.();
  }
}
