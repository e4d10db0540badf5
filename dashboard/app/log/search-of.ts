import type { LogFilter } from '@apployd/sdk';

/** What a page's address looks for in a log: null when for nothing. */
export type LogSearchOf = { readonly filter: LogFilter; readonly before: string | null };

const hourMs = 60 * 60_000;

export const ranges = [
  ['', 'Any time'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
] as const;

const rangesMs = new Map([
  ['1h', hourMs],
  ['24h', 24 * hourMs],
  ['7d', 7 * 24 * hourMs],
]);

export const levels = [
  ['', 'Any level'],
  ['warnings', 'Warnings and errors'],
  ['errors', 'Errors'],
] as const;

const levelsOf = new Map<string, NonNullable<LogFilter['levels']>>([
  ['warnings', ['WARN', 'ERROR']],
  ['errors', ['ERROR']],
]);

/** A time range is counted from `now` on: in the address it stays what it says. */
export function searchIn(params: URLSearchParams, now: number): LogSearchOf | null {
  const given = (name: string) => params.get(name)?.trim() ?? '';
  const text = given('search');
  const wanted = levelsOf.get(given('level'));
  const spanMs = rangesMs.get(given('range'));
  const deploymentId = given('deployment');
  if (!text && !wanted && spanMs === undefined && !deploymentId) return null;
  const filter = {
    ...(text ? { text } : {}),
    ...(wanted ? { levels: wanted } : {}),
    ...(spanMs === undefined ? {} : { since: new Date(now - spanMs).toISOString() }),
    ...(deploymentId ? { deploymentId } : {}),
  };
  return { filter, before: params.get('before') };
}
