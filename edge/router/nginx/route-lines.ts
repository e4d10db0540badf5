import { normalHostname } from '@apployd/core/hostname';
import type { BandwidthLimit } from '@apployd/core/bandwidth';
import type { EdgeSettings } from '@apployd/core/edge-settings';
import type { Redirect } from '@apployd/core/redirect';
import { noLatencies } from '@apployd/core/latency';
import type { RouteRollout } from '@apployd/core/rollout';
import { hourOf } from '@apployd/core/usage';
import type { SideSample, TrafficSample } from '../router.js';
import { bandwidthWords, edgeWords, rolloutWords } from './edge-words.js';

/** As what a host name is known in Nginx. */
export const siteOf = (hostname: string): string => word(normalHostname(hostname));

/** Of the platform's own: no host name is spelled with an asterisk. */
export const ownSite = (name: 'server' | 'dashboard'): string => `*${name}`;

/** Where a site leads. `targets` are addresses, never names. */
export type SiteLine = {
  readonly site: string;
  readonly environmentId: string;
  readonly targets: readonly string[];
  /** Without targets: its visitors go to the edge itself, which wakes it. */
  readonly isAsleep?: boolean;
  readonly redirects: readonly Redirect[];
  /** Absent for the platform's own. */
  readonly edge?: EdgeSettings;
  readonly bandwidth?: BandwidthLimit | null;
  /** Its targets are addresses, too. */
  readonly rollout?: RouteRollout | null;
};

/** As a line for Nginx: words with single spaces between, a redirect as `307=FROM=TO`, a setting as `+KIND=VALUE`. */
export const putLine = (line: SiteLine): string => {
  const { site, environmentId, targets, isAsleep, redirects, edge, bandwidth, rollout } = line;
  const leadsTo = isAsleep && targets.length === 0 ? [asleep] : targets.map(word);
  const lists = [
    ...bandwidthWords(bandwidth ?? null),
    ...(edge ? edgeWords(edge) : []),
    ...(rollout ? [rolloutWords(rollout)] : []),
  ];
  const settings = lists.map((values) => `+${values.map(word).join('=')}`);
  return ['put', site, word(environmentId), ...leadsTo, ...redirects.map(redirectWord), ...settings].join(' ');
};

/** In the place of a target, which always has a port. */
export const asleep = 'asleep';

const redirectWord = ({ from, to, permanent }: Redirect) => [permanent ? 308 : 307, word(from), word(to)].join('=');

export const forgetLine = (site: string): string => `forget ${site}`;

/** Reads who is served: lines such as `HOSTNAME ENVIRONMENT 12`, of each worker one. */
export function readOpen(lines: readonly string[]): readonly TrafficSample[] {
  const hour = hourOf(new Date());
  return lines.map((line) => {
    const [hostname = '', environmentId = '', open] = line.split(' ');
    const whose = { hostname: nameIn(hostname), environmentId: nameIn(environmentId) };
    return { ...whose, hour, requests: 0, bytesIn: 0, bytesOut: 0, open: Number(open) };
  });
}

/** Reads what both sides of rollouts have answered: lines such as `DEPLOYMENT new 12 3`, of a bucket of latencies, or of `errors`. */
export function readSides(lines: readonly string[]): readonly SideSample[] {
  const samples = new Map<string, SideSample & { errors: number; readonly latency: number[] }>();
  for (const line of lines) {
    const [deployment = '', side = '', what = '', count] = line.split(' ');
    const key = `${deployment} ${side}`;
    const usual = { deploymentId: nameIn(deployment), isNew: side === 'new', errors: 0, latency: noLatencies() };
    const sample = samples.get(key) ?? usual;
    samples.set(key, sample);
    if (what === 'errors') sample.errors += Number(count);
    else sample.latency[Number(what)] = Number(count);
  }
  return [...samples.values()];
}

/** What is not a plain letter is spelled out, so that a value is one word and stays on its line. */
function word(value: string): string {
  if (/^[\w.:[\]-]+$/.test(value)) return value;
  const letters = [...Buffer.from(value)].map((byte) => String.fromCharCode(byte));
  return letters.map((letter) => (/[\w.:[\]-]/.test(letter) ? letter : spelled(letter))).join('');
}

const spelled = (letter: string) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A word as what it was before. */
export const nameIn = (value: string): string => decodeURIComponent(value);
