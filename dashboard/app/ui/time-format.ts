/** A place on the earth by its clock. Until the browser has said which, the server writes UTC, and says so. */
export type Zone = { readonly name: string; readonly isKnown: boolean };

/** `26 Nov 2026, 14:02:11`. */
export const exactOf = (at: string, zone: Zone): string => written('exact', at, zone);
/** `26 Nov 2026`. */
export const dateOf = (at: string, zone: Zone): string => format('date', zone.name).format(Date.parse(at));
/** `14:02:11.204`, or `14:02:11.204Z` where that is UTC for want of knowing better. */
export const clockOf = (at: string, { name, isKnown }: Zone): string =>
  format('clock', name).format(Date.parse(at)) + (isKnown ? '' : 'Z');
/** `14:02`. */
export const minuteOf = (at: number, zone: Zone): string => written('minute', new Date(at).toISOString(), zone);

const week = 7 * 86_400_000;

/** How long ago, in words; after a week the date. */
export function agoOf(at: string, now: number, zone: Zone): string {
  const age = now - Date.parse(at);
  if (age > week) return dateOf(at, zone);
  const [unit, size] = units.find(([, size]) => age >= size) ?? [null, 1];
  return unit ? relative.format(-Math.floor(age / size), unit) : 'just now';
}

export function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const shapes = {
  exact: { dateStyle: 'medium', timeStyle: 'medium' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  minute: { hour: '2-digit', minute: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Making one is a hundred times as dear as using it. */
const made = new Map<string, Intl.DateTimeFormat>();

function format(shape: keyof typeof shapes, timeZone: string): Intl.DateTimeFormat {
  const known = made.get(shape + timeZone);
  if (known) return known;
  const fresh = new Intl.DateTimeFormat('en-GB', { ...shapes[shape], timeZone });
  made.set(shape + timeZone, fresh);
  return fresh;
}

function written(shape: keyof typeof shapes, at: string, { name, isKnown }: Zone): string {
  return format(shape, name).format(Date.parse(at)) + (isKnown ? '' : ' UTC');
}
