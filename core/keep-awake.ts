import { z } from 'zod';

export const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
export type Weekday = (typeof weekdays)[number];

const mostSpans = 14;

const longestZone = 64;
/** More than any installation has; each takes tens of KiB. */
const mostFormats = 500;

const timeProblem = 'A time of day is written as 08:30, from 00:00 to 23:59; a span may end at 24:00.';
const daysProblem = 'A span has at least one day of the week, each once.';
const spansProblem = `A schedule has 1 to ${mostSpans} spans.`;
export const zoneProblem = 'The time zone is one of the IANA database, such as Europe/Berlin, or UTC.';

const span = z
  .object({
    days: z
      .array(z.enum(weekdays, daysProblem))
      .min(1, daysProblem)
      .refine((days) => new Set(days).size === days.length, daysProblem),
    from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, timeProblem),
    to: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, timeProblem),
  })
  .refine(
    ({ from, to }) => from !== to,
    'A span that begins and ends at the same time is none: 00:00 to 24:00 is a day.',
  );

/**
 * When a project is kept awake, by the clock on the wall of a time zone. A span that ends before it begins ends the day
 * after. Whether there is such a zone is for `isTimeZone` to say: what one process has kept another may not know.
 */
export const keepAwake = z.object({
  timeZone: z.string().min(1, zoneProblem).max(longestZone, zoneProblem),
  spans: z.array(span).min(1, spansProblem).max(mostSpans, spansProblem),
});
export type KeepAwake = z.infer<typeof keepAwake>;
export type KeepAwakeSpan = z.infer<typeof span>;

const minuteMs = 60_000;
/** What has kept awake for longer never began, as far as anybody can tell. */
const longestMs = 8 * 24 * 60 * minuteMs;

/**
 * Since when the schedule keeps awake without a break at this moment; null: it does not. Where clocks are set forward, what
 * would lie in the hour that there is not begins after it; where they are set back, an hour that comes twice counts twice.
 * What never ends has always begun: 1970.
 */
export function keptAwakeSince(schedule: KeepAwake, at: Date): Date | null {
  const clock = clockOf(schedule.timeZone);
  const covers = coverage(schedule, clock);
  let start = Math.floor(at.getTime() / minuteMs) * minuteMs;
  if (covers(start) === null) return null;
  for (const earliest = start - longestMs; start > earliest;) {
    // To where the span began, or to where the clock was set meanwhile: what it said before is looked at anew.
    const begun = start - (covers(start) ?? 0) * minuteMs;
    start = steadySince(clock, begun, start);
    if (covers(start - minuteMs) === null) return new Date(start);
    start -= minuteMs;
  }
  return new Date(0);
}

/** The first minute from which on the clock was not set until `last`; less than a day lies between, and so one change at most. */
function steadySince(clock: WallClock, from: number, last: number): number {
  const isSteady = (at: number) => {
    const passed = weekMinutesOf(clock(last)) - weekMinutesOf(clock(at));
    return (passed - (last - at) / minuteMs) % weekMinutes === 0;
  };
  if (isSteady(from)) return from;
  let [before, after] = [from, last];
  while (after - before > minuteMs) {
    const middle = before + Math.floor((after - before) / minuteMs / 2) * minuteMs;
    if (isSteady(middle)) after = middle;
    else before = middle;
  }
  return after;
}

type Covers = (at: number) => number | null;

/** How many minutes of the clock ago the span that this moment is in began; null: it is in none. */
function coverage({ spans }: KeepAwake, clock: WallClock): Covers {
  const read = spans.map(({ days, from, to }) => ({ days, from: minutesOf(from), to: minutesOf(to) }));
  return (at) => {
    const { day, minutes } = clock(at);
    const dayBefore = weekdays[(weekdays.indexOf(day) + weekdays.length - 1) % weekdays.length] as Weekday;
    const ago = read.flatMap(({ days, from, to }) => {
      const isOverMidnight = to < from;
      if (days.includes(day) && minutes >= from && (isOverMidnight || minutes < to)) return [minutes - from];
      return isOverMidnight && days.includes(dayBefore) && minutes < to ? [minutes + dayMinutes - from] : [];
    });
    return ago.length > 0 ? Math.max(...ago) : null;
  };
}

const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const found = formats.get(timeZone);
  if (found) return found;
  const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, ...parts });
  if (formats.size >= mostFormats) formats.clear();
  formats.set(timeZone, format);
  return format;
}

type WallTime = { readonly day: Weekday; readonly minutes: number };
type WallClock = (at: number) => WallTime;

const weekMinutesOf = ({ day, minutes }: WallTime) => weekdays.indexOf(day) * dayMinutes + minutes;

/** What the clock on the wall says there. */
function clockOf(timeZone: string): WallClock {
  const format = formatIn(timeZone);
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = (parts['weekday'] ?? '').slice(0, 3).toUpperCase() as Weekday;
    return { day, minutes: Number(parts['hour']) * 60 + Number(parts['minute']) };
  };
}

/** Nothing is kept of the question: a name may be written in any number of ways. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}
