/** What stands under such a name is not written: it tells a secret, or everything a request said. */
const secretName =
  /password|passphrase|secret|token(?!Id|Count)|authorization|cookie|credential|(api|private|access|sealed)_?key|backup_?codes|recovery_?codes|^variables$|^(DATABASE|REDIS)_URL$/i;

const censor = '[secret]';
const mostDepth = 8;

/** A copy for the log, without what its names say is secret. Bytes are counted rather than written. */
export function withhold(entry: object): Record<string, unknown> {
  return withheldFields(entry, 0);
}

function withheldFields(entry: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      name,
      secretName.test(name) && isTold(value) ? censor : withheldValue(value, depth),
    ]),
  );
}

/** That nothing is there may be said. */
function isTold(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'boolean';
}

function withheldValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= mostDepth) return '[…]';
  if (Array.isArray(value)) return value.map((item) => withheldValue(item, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON() as unknown;
  return withheldFields(value, depth + 1);
}
