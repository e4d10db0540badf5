import { maskUrls } from '../config/print-config.js';
import type { SecretsInUse } from './secrets-in-use.js';

/** One of pino's JSON lines without secret values, and without the passwords in URLs, unless links are to be shown, wherever in it they stand. */
export function maskedEntry(line: string, secrets: SecretsInUse, showsLinks = false): string {
  const hide = (text: string) => (showsLinks ? secrets.mask(text) : maskUrls(secrets.mask(text)));
  // Nearly every entry stays as it is. In others text by text is masked: the line has to remain JSON.
  return hide(line) === line ? line : `${JSON.stringify(mapTexts(JSON.parse(line), hide))}\n`;
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [map(name), mapTexts(inner, map)]));
}
