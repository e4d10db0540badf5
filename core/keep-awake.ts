import { z } from 'zod';

export const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
export type Weekday = (typeof weekdays)[number];

const mostSpans = 14;

const timeProblem = 'A time of day is written as 08:30, from 00:00 to 23:59; a span may end at 24:00.';
const daysProblem = 'A span has at least one day of the week, each once.';
const spansProblem = `A schedule has 1 to ${mostSpans} spans.`;
const zoneProblem = 'The time zone is one of the IANA database, such as Europe/Berlin, or UTC.';

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

/** When a project is kept awake, by the clock on the wall of a time zone. A span that ends before it begins ends the day after. */
export const keepAwake = z.object({
  timeZone: z.string().refine(isTimeZone, zoneProblem),
  spans: z.array(span).min(1, spansProblem).max(mostSpans, spansProblem),
});
export type KeepAwake = z.infer<typeof keepAwake>;
export type KeepAwakeSpan = z.infer<typeof span>;

const minuteMs = 60_000;
/** A schedule without an end began so long ago. */
const longestMs = 8 * 24 * 60 * minuteMs;

/**
 * Since when the schedule keeps awake without a break at this moment; null: it does not. Where clocks are set forward, what
 * would lie in the hour that there is not begins after it; where they are set back, an hour that comes twice counts twice.
 */
export function keptAwakeSince(schedule: KeepAwake, at: Date): Date | null {
  const covers = coverage(schedule);
  let start = Math.floor(at.getTime() / minuteMs) * minuteMs;
  if (covers(start) === null) return null;
  for (const earliest = start - longestMs; start > earliest;) {
    // To where the span began if no clock was set meanwhile, and on from there to where it really did.
    const begun = start - (covers(start) ?? 0) * minuteMs;
    start = firstCovered(covers, begun, start);
    if (covers(start - minuteMs) === null) return new Date(start);
    start -= minuteMs;
  }
  return new Date(start);
}

type Covers = (at: number) => number | null;

/** The minute from which on all are covered up to `last`, which is. */
function firstCovered(covers: Covers, from: number, last: number): number {
  let first = from;
  while (first < last && covers(first) === null) first += minuteMs;
  return first;
}

/** How many minutes of the clock ago the span that this moment is in began; null: it is in none. */
function coverage({ timeZone, spans }: KeepAwake): Covers {
  const local = clockOf(timeZone);
  const read = spans.map(({ days, from, to }) => ({ days, from: minutesOf(from), to: minutesOf(to) }));
  return (at) => {
    const { day, minutes } = local(at);
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

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const found = formats.get(timeZone);
  if (found) return found;
  const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, ...parts });
  formats.set(timeZone, format);
  return format;
}

/** What the clock on the wall says there. */
function clockOf(timeZone: string) {
  const format = formatIn(timeZone);
  return (at: number): { readonly day: Weekday; readonly minutes: number } => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = (parts['weekday'] ?? '').slice(0, 3).toUpperCase() as Weekday;
    return { day, minutes: Number(parts['hour']) * 60 + Number(parts['minute']) };
  };
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(name)) return false;
  try {
    formatIn(name);
    return true;
  } catch {
    return false;
  }
}
