import type { KeepAwake } from '@apployd/sdk';

type Span = KeepAwake['spans'][number];
type Weekday = Span['days'][number];

const weekdays: readonly Weekday[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const names: Readonly<Record<Weekday, string>> = {
  ...{ MON: 'Mon', TUE: 'Tue', WED: 'Wed', THU: 'Thu', FRI: 'Fri', SAT: 'Sat', SUN: 'Sun' },
};

/** As they are typed: `Mon-Fri 08:00-18:00`, a span on each line. */
export const linesOf = (spans: readonly Span[]): string =>
  spans.map(({ days, from, to }) => `${daysIn(days)} ${from}-${to}`).join('\n');

/** What was typed, or what is wrong with it. What the API judges, such as hours that there are not, is passed on. */
export function spansOf(text: string): Span[] | string {
  const spans: Span[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const [, days = '', from = '', to = ''] =
      /^(\S+(?:\s*,\s*\S+)*)\s+(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)$/.exec(line) ?? [];
    const found = daysOf(days);
    if (found === null) return `“${line}” is no span. Write days and hours, such as Mon-Fri 08:00-18:00.`;
    spans.push({ days: found, from, to });
  }
  return spans;
}

/** `Mon-Fri`, `Sat,Sun`, `Fri-Mon`; null: none of these. */
function daysOf(text: string): Weekday[] | null {
  const found = new Set<Weekday>();
  for (const part of text.split(',').map((each) => each.trim().toUpperCase())) {
    const [first, last = first] = part.split('-').map((each) => weekdays.indexOf(each as Weekday));
    if (first === undefined || last === undefined || first < 0 || last < 0) return null;
    for (let i = 0; i <= (last - first + 7) % 7; i += 1) found.add(weekdays[(first + i) % 7] as Weekday);
  }
  return weekdays.filter((day) => found.has(day));
}

/** Those that follow each other as one. */
function daysIn(days: readonly Weekday[]): string {
  const places = days.map((day) => weekdays.indexOf(day)).sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const place of places) {
    const run = runs.at(-1);
    if (run && place === run[1] + 1) run[1] = place;
    else runs.push([place, place]);
  }
  const name = (place: number) => names[weekdays[place] as Weekday];
  return runs
    .map(([first, last]) =>
      first === last ? name(first) : `${name(first)}${last - first > 1 ? '-' : ','}${name(last)}`,
    )
    .join(',');
}
