/** How a line is meant, from bad to good. */
export const logLevels = ['ERROR', 'WARN', 'INFO'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A line says what it is near its beginning. */
const readLength = 400;
const error = /(?:^|[\s[("'=:])(?:error|err!|fatal|panic|uncaught)\b|\bexit code [1-9]/i;
const warning = /(?:^|[\s[("'=:])(?:warn(?:ing)?|deprecated)\b/i;

/** What a line says about itself; tools agree on the words, if on nothing else. */
export function levelOf(message: string): LogLevel {
  const words = plainText(message.length > readLength ? message.slice(0, readLength) : message);
  if (error.test(words)) return 'ERROR';
  return warning.test(words) ? 'WARN' : 'INFO';
}

const escape = String.fromCharCode(27);
const bell = String.fromCharCode(7);
/** Colours and cursor moves, and titles and links, which go as a whole. */
const sequences = new RegExp(
  `${escape}\\[[0-9;:?]*[ -/]*[@-~]|${escape}\\][^${bell}${escape}]*(?:${bell}|${escape}\\\\)|${escape}[@-_]?`,
  'g',
);

/** What a terminal would show of it. */
export function plainText(message: string): string {
  return message.includes(escape) ? message.replace(sequences, '') : message;
}
