import { plain } from './ansi.js';

export type Level = 'error' | 'warn' | null;

/** A line says what it is near its beginning. */
const readLength = 400;

/** What a line says about itself; tools agree on the words, if on nothing else. */
export function levelOf(message: string): Level {
  const words = plain(message.length > readLength ? message.slice(0, readLength) : message);
  if (/(^|[\s[(])(error|err!|fatal|panic|uncaught)\b|\berror:|\bexit code [1-9]/i.test(words)) return 'error';
  return /(^|[\s[(])(warn(ing)?|deprecated)\b/i.test(words) ? 'warn' : null;
}
