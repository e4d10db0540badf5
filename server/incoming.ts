import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Brought } from './brought.js';

/** What every request brings, over HTTP and WebSocket alike. */
export type Incoming = {
  readonly requestId: string;
  /** Of the client, as far as it is known. */
  readonly address: string;
  readonly headers: Headers;
  /** Filled in once the request is read. */
  readonly brought: Brought;
  /** Hands cookies to a browser; does nothing where there is no response to put them on. */
  setCookies(cookies: readonly string[]): void;
  /** Puts a header on the response, where there is one. */
  setHeader(name: string, value: string): void;
  /** Calls back when the client goes before it has its answer. */
  onLeave(listener: () => void): void;
};

export function incomingOf(request: IncomingMessage, response: ServerResponse | null): Incoming {
  const requestId = randomUUID();
  response?.setHeader('x-request-id', requestId);
  return {
    requestId,
    address: addressOf(request),
    headers: headersOf(request),
    brought: { params: {} },
    setCookies: (cookies) => {
      if (response && !response.headersSent) for (const cookie of cookies) response.appendHeader('set-cookie', cookie);
    },
    setHeader: (name, value) => {
      if (response && !response.headersSent) response.setHeader(name, value);
    },
    onLeave: (listener) => {
      response?.once('close', () => {
        if (!response.writableFinished) listener();
      });
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
