import { answerError, type GraphQLProblem } from '../error/answer-error.js';
import { NetworkError, ProtocolError } from '../error/apployd-error.js';
import { ask, dataOf, type Endpoint, orNetworkError } from '../http/post.js';
import { linked } from '../http/time.js';
import { type ServerSentEvent, serverSentEvents } from './server-sent-events.js';
import type { Liveness, Streams } from './streams.js';

/** Subscriptions as server-sent events, one POST each (GraphQL over SSE, distinct connections): for where there is no WebSocket. */
export function serverSentStreams(endpoint: Endpoint, { livenessMs }: Liveness): Streams {
  return {
    async *subscribe(document, variables, signal) {
      const connection = linked(signal);
      const watch = silenceWatch(livenessMs, () =>
        connection.abort(new NetworkError(`The stream from ${endpoint.url} fell silent.`)),
      );
      try {
        const response = await watch(ask(endpoint, { document, variables }, 'text/event-stream', connection.signal));
        for await (const event of eventsOf(endpoint, response, connection.signal, watch)) {
          if (event.name === 'complete') return;
          if (event.name === 'next') yield resultOf(event.data) as never;
        }
        throw new NetworkError(`The stream from ${endpoint.url} broke off.`);
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        connection.abort();
        connection.release();
      }
    },
  };
}

/** Fires when one awaited thing takes longer than `ms`. Time between two of them, when the reader is busy, does not count. */
function silenceWatch(ms: number, onSilence: () => void) {
  return async <T>(work: Promise<T>): Promise<T> => {
    const timer = setTimeout(onSilence, ms);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  };
}

async function* eventsOf(
  endpoint: Endpoint,
  response: Response,
  signal: AbortSignal,
  watch: <T>(work: Promise<T>) => Promise<T>,
): AsyncGenerator<ServerSentEvent, void> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    dataOf(response, await watch(orNetworkError(endpoint, signal, response.text())));
    throw new ProtocolError(`${endpoint.url} does not answer subscriptions with server-sent events.`);
  }
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parse = serverSentEvents();
  for (;;) {
    const { done, value } = await watch(orNetworkError(endpoint, signal, reader.read()));
    if (done) return;
    yield* parse(decoder.decode(value, { stream: true }));
  }
}

function resultOf(data: string): unknown {
  const { data: result, errors } = JSON.parse(data) as { data?: unknown; errors?: readonly GraphQLProblem[] };
  if (errors?.length) throw answerError(errors);
  return result;
}
