import { normalHostname } from '@apployd/core/hostname';
import type { TrafficSample } from '../router.js';

/** As what a host name is known in Nginx. */
export const siteOf = (hostname: string): string => word(normalHostname(hostname));

/** Of the platform's own: no host name is spelled with an asterisk. */
export const ownSite = (name: 'server' | 'dashboard'): string => `*${name}`;

/** Where a site leads, as a line for Nginx: words with single spaces between. `targets` are addresses, never names. */
export const putLine = (site: string, environmentId: string, targets: readonly string[]): string =>
  ['put', site, ...[environmentId, ...targets].map(word)].join(' ');

export const forgetLine = (site: string): string => `forget ${site}`;

/** Reads what Nginx counted: lines such as `r HOSTNAME ENVIRONMENT 12`. */
export function readTraffic(lines: readonly string[]): readonly TrafficSample[] {
  const samples = new Map<string, TrafficSample>();
  for (const line of lines) {
    const [kind = '', hostname = '', environmentId = '', value] = line.split(' ');
    const figure = figures[kind];
    if (!figure) continue;
    const none = { hostname: text(hostname), environmentId: text(environmentId), requests: 0, bytesIn: 0, bytesOut: 0 };
    const key = `${hostname} ${environmentId}`;
    samples.set(key, { ...(samples.get(key) ?? none), [figure]: Number(value) });
  }
  return [...samples.values()];
}

const figures: Readonly<Record<string, 'requests' | 'bytesIn' | 'bytesOut'>> = {
  r: 'requests',
  i: 'bytesIn',
  o: 'bytesOut',
};

/** What is not a plain letter is spelled out, so that a value is one word and stays on its line. */
function word(value: string): string {
  if (/^[\w.:[\]-]+$/.test(value)) return value;
  const letters = [...Buffer.from(value)].map((byte) => String.fromCharCode(byte));
  return letters.map((letter) => (/[\w.:[\]-]/.test(letter) ? letter : spelled(letter))).join('');
}

const spelled = (letter: string) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;

const text = (value: string): string => decodeURIComponent(value);
