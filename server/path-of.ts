import type { IncomingMessage } from 'node:http';

/** The path of a request, without its query. Never throws: what a client sends need not be a URL. */
export function pathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  return url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] || '/';
}
