import http from 'node:http';
import { probeHeader } from '@apployd/core/hostname';

export type ProbeRequest = {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** The host name that the app believes it serves. */
  readonly hostname: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

export type ProbeAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** Set by an edge that answered by itself. */ readonly edgeError: string | null;
    }
  | { readonly kind: 'refused' }
  | { readonly kind: 'silent' };

/** One GET on a connection of its own, as a visitor's first would be. Never rejects; an aborted one is `silent`. */
export function probe({ host, port, path, hostname, timeoutMs, signal }: ProbeRequest): Promise<ProbeAnswer> {
  // An edge sends visitors on to TLS, and this one not: it is to prove the way to the app.
  const headers = { host: hostname, 'user-agent': 'apployd-health-check', [probeHeader]: '1' };
  return new Promise((resolve) => {
    const request = http.get({ host, port, path, agent: false, signal, headers }, (response) => {
      const edgeError = response.headers['apployd-error'];
      resolve({
        kind: 'answer',
        status: response.statusCode ?? 0,
        edgeError: typeof edgeError === 'string' ? edgeError : null,
      });
      response.destroy();
    });
    const late = setTimeout(() => request.destroy(), timeoutMs);
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ kind: error.code === 'ECONNREFUSED' ? 'refused' : 'silent' }),
    );
    request.on('close', () => {
      clearTimeout(late);
      resolve({ kind: 'silent' });
    });
  });
}
