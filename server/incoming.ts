import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What every request brings, over HTTP and WebSocket alike. */
export type Incoming = {
  readonly requestId: string;
  /** Of the client, as far as it is known. */
  readonly address: string;
  readonly headers: Headers;
  /** Fires when the session or token that it came with has ended; only sockets outlast theirs. */
  readonly credentialEnded?: AbortSignal;
  /** Hands cookies to a browser; does nothing where there is no response to put them on. */
  setCookies(cookies: readonly string[]): void;
};

export function incomingOf(request: IncomingMessage, response: ServerResponse | null): Incoming {
  const requestId = randomUUID();
  response?.setHeader('x-request-id', requestId);
  return {
    requestId,
    address: addressOf(request),
    headers: headersOf(request),
    setCookies: (cookies) => {
      if (response && !response.headersSent) for (const cookie of cookies) response.appendHeader('set-cookie', cookie);
    },
  };
}

export function isLoopback(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** The edge stands on this machine and says the visitor's address, alone; nobody else is believed. */
function addressOf(request: IncomingMessage): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return (isLoopback(request) && forwarded) || (request.socket.remoteAddress ?? '');
}

function headersOf({ headers }: IncomingMessage): Headers {
  const kept = ['authorization', 'cookie', 'origin', 'user-agent', 'content-type', 'content-length', 'idempotency-key'];
  const entries = kept.flatMap((name): [string, string][] => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return new Headers(entries);
}
