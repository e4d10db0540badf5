const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info ',
  40: 'WARN ',
  50: 'ERROR',
  60: 'FATAL',
};
const hidden = new Set(['level', 'time', 'name', 'msg', 'pid', 'err']);

/** One of pino's JSON lines as a line for people: time, level, process, sentence, what else is known. */
export function prettyLine(json: string): string {
  const entry = JSON.parse(json) as Record<string, unknown>;
  const rest = Object.entries(entry)
    .filter(([key]) => !hidden.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const head = [
    String(entry['time']).slice(11, 23),
    levels[Number(entry['level'])],
    `[${entry['name']}]`,
    entry['msg'],
  ];
  return `${[...head, ...rest].filter(Boolean).join(' ')}\n${causeOf(entry['err'])}`;
}

function causeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message } = error as { stack?: unknown; message?: unknown };
  return `${String(stack ?? message)}\n`.replaceAll(/^/gm, '    ').trimEnd() + '\n';
}
