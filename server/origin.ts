import type { IncomingMessage } from 'node:http';

/** Programs send no Origin; a browser must come from the platform's own pages. */
export function isOwnOrigin({ headers: { origin } }: IncomingMessage, publicUrl: string): boolean {
  if (origin === undefined) return true;
  const own = new URL(publicUrl);
  return origin === own.origin || isSameMachine(origin, own);
}

/** Where the platform is at home on one machine, that machine has more names than one. */
function isSameMachine(origin: string, own: URL): boolean {
  if (!URL.canParse(origin)) return false;
  const asked = new URL(origin);
  const isAtHome = [asked, own].every(({ hostname }) => names.has(hostname));
  return isAtHome && asked.protocol === own.protocol && asked.port === own.port;
}

const names = new Set(['localhost', '127.0.0.1', '[::1]']);
