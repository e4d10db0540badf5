import { plain } from './ansi.js';
import type { KnownLine } from './log-store.js';

/** All lines as plain text, whatever is shown of them. */
export const textOf = (lines: readonly KnownLine[]): string =>
  lines.map(({ message }) => plain(message)).join('\n') + '\n';

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  Object.assign(document.createElement('a'), { href: url, download: fileOf(name) }).click();
  URL.revokeObjectURL(url);
}

const fileOf = (name: string) => `${name.toLowerCase().replace(/\s+/g, '-')}.txt`;
