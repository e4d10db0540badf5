import { type Client, createClient } from 'graphql-ws/client';
import { answerError, type GraphQLProblem } from '../error/answer-error.js';
import { NetworkError, ProtocolError } from '../error/apployd-error.js';
import { describeDocument } from '../http/document.js';
import { documentId } from '../http/document-id.js';
import { buffered } from './buffered.js';
import type { Liveness, Streams } from './streams.js';

export type SocketOptions = Liveness & {
  /** The http(s) address of the API; the socket goes to the same place. */
  readonly url: string;
  /** A WebSocket constructor. */
  readonly webSocket: unknown;
  readonly token: () => string | null;
  /** Names documents by their ids instead of sending them. */
  readonly byId: boolean;
};

const mostWaiting = 256;

/** Subscriptions over one WebSocket (graphql-transport-ws), opened with the first and closed with the last of them. */
export function socketStreams(options: SocketOptions): Streams {
  let watched: WatchedClient | undefined;
  return {
    async *subscribe(document, variables, signal) {
      const { client, isOpen } = (watched ??= watchedClient(options));
      const payload = await payloadOf(options, document, variables as Record<string, unknown>);
      yield* buffered<never>(
        (sink) => {
          const stop = client.subscribe<never>(payload, {
            next: ({ data, errors }) =>
              errors?.length ? sink.error(answerError(errors as GraphQLProblem[])) : sink.next(data as never),
            error: (error) => sink.error(typedError(error, options.url)),
            complete: () => sink.complete(),
          });
          const unlisten = onOwnClose(client, isOpen(), (event) => {
            sink.error(typedError(event, options.url));
            stop();
          });
          return () => {
            unlisten();
            stop();
          };
        },
        mostWaiting,
        signal,
      );
    },
  };
}

/** The protocol wants a text in any case; an empty one gives way to the id. */
async function payloadOf({ byId }: SocketOptions, document: string, variables: Record<string, unknown>) {
  const { operationName } = describeDocument(document);
  if (!byId) return { query: document, variables, operationName };
  return { query: '', documentId: await documentId(document), variables, operationName };
}

/**
 * Calls back when the socket that carries a subscription closes, however politely: after some codes graphql-ws would subscribe again by itself,
 * with the old cursor. The close of an earlier socket, from which nothing has come yet, is not ours.
 */
function onOwnClose(client: Client, isOpen: boolean, onClose: (event: unknown) => void): () => void {
  let isOurs = isOpen;
  const unlisten = [
    client.on('connected', () => {
      isOurs = true;
    }),
    client.on('closed', (event) => {
      if (isOurs) onClose(event);
    }),
  ];
  return () => unlisten.forEach((release) => release());
}

type WatchedClient = { readonly client: Client; readonly isOpen: () => boolean };

/** A client that gives a silent socket up. It never reconnects by itself. */
function watchedClient({ url, webSocket, token, livenessMs }: SocketOptions): WatchedClient {
  let socket: { readonly readyState: number } | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => client.terminate(), livenessMs);
  };
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: webSocket,
    connectionParams: () => {
      const bearer = token();
      return bearer ? { token: bearer } : {};
    },
    retryAttempts: 0,
    keepAlive: livenessMs / 3,
    generateID: () => String((lastId += 1)),
    on: {
      connecting: heard,
      message: heard,
      connected: (opened) => {
        socket = opened as typeof socket;
      },
      closed: () => clearTimeout(silence),
      error: () => clearTimeout(silence),
    },
  });
  return { client, isOpen: () => socket?.readyState === openState };
}

const openState = 1;

let lastId = 0;

function typedError(error: unknown, url: string): Error {
  if (Array.isArray(error)) return answerError(error as GraphQLProblem[]);
  if (!isClose(error)) return new NetworkError(`The stream from ${url} broke.`, { cause: error });
  const { code, reason } = error;
  const problem = refusedCloses[code];
  if (problem) return answerError([{ message: reason || problem.message, extensions: { code: problem.code } }]);
  if (code === 4406) return new ProtocolError(`${url} does not speak graphql-transport-ws.`);
  return new NetworkError(`The stream from ${url} broke (${code}${reason ? ` ${reason}` : ''}).`, { cause: error });
}

/** Close codes of the protocol that say no, rather than that the connection was lost. */
const refusedCloses: Readonly<Record<number, { readonly code: string; readonly message: string }>> = {
  4400: { code: 'BAD_REQUEST', message: 'The server did not understand the subscription.' },
  4401: { code: 'UNAUTHENTICATED', message: 'The session has ended. Sign in again.' },
  4403: { code: 'UNAUTHENTICATED', message: 'The session is not accepted. Sign in again.' },
  4429: { code: 'RATE_LIMITED', message: 'Too many streams at once.' },
};

const isClose = (error: unknown): error is { readonly code: number; readonly reason: string } =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number';
