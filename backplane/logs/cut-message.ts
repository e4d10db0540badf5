import { maxLineBytes, type NewLogLine } from '@apployd/core/log-line';
import type { StorableLine } from './log-store.js';

/** The line with a message of at most `maxLineBytes`, cut between characters. */
export function cutMessage(line: NewLogLine): StorableLine {
  if (line.message.length * 3 <= maxLineBytes) return { ...line, truncated: false };
  const bytes = Buffer.from(line.message, 'utf8');
  if (bytes.length <= maxLineBytes) return { ...line, truncated: false };
  let end = maxLineBytes;
  while (isContinuation(bytes[end])) end -= 1;
  return { ...line, message: bytes.toString('utf8', 0, end), truncated: true };
}

/** Whether a byte goes on with a character that began before it. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
