import type { IncomingMessage } from 'node:http';

/** Programs send no Origin; a browser must come from the platform's own pages. */
export function isOwnOrigin({ headers: { origin } }: IncomingMessage, publicUrl: string): boolean {
  return origin === undefined || origin === new URL(publicUrl).origin;
}
