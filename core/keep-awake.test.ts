import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTimeZone, keepAwake, keptAwakeSince, weekdays, type KeepAwake, type Weekday } from './keep-awake.js';

const schedule = (from: string, to: string, days: readonly Weekday[] = weekdays, timeZone = 'Europe/Berlin') =>
  keepAwake.parse({ timeZone, spans: [{ days, from, to }] });
const since = (of: KeepAwake, at: string) => keptAwakeSince(of, new Date(at))?.toISOString() ?? null;
const workdays = weekdays.slice(0, 5);

test('office hours are those of the clock on the wall, in winter and in summer', () => {
  const office = schedule('08:00', '18:00', workdays);
  // Friday, a day before the clocks of Berlin go forward, and the Monday after.
  expect(since(office, '2026-03-27T06:59:59Z')).toBeNull();
  expect(since(office, '2026-03-27T07:00:00Z')).toBe('2026-03-27T07:00:00.000Z');
  expect(since(office, '2026-03-27T16:59:59Z')).toBe('2026-03-27T07:00:00.000Z');
  expect(since(office, '2026-03-27T17:00:00Z')).toBeNull();
  expect(since(office, '2026-03-30T05:59:59Z')).toBeNull();
  expect(since(office, '2026-03-30T12:00:00Z')).toBe('2026-03-30T06:00:00.000Z');
  expect([since(office, '2026-03-28T10:00:00Z'), since(office, '2026-03-29T10:00:00Z')]).toEqual([null, null]);
});

test('a span over midnight belongs to the day on which it begins, and lasts as long as the night of a change does', () => {
  const night = schedule('22:00', '06:00', ['SAT']);
  // Clocks go forward on Sunday at 01:00 in UTC, and back on the last one of October.
  expect(since(night, '2026-03-29T03:59:00Z')).toBe('2026-03-28T21:00:00.000Z');
  expect(since(night, '2026-03-29T04:00:00Z')).toBeNull();
  expect(since(night, '2026-10-25T04:59:00Z')).toBe('2026-10-24T20:00:00.000Z');
  expect(since(night, '2026-10-25T05:00:00Z')).toBeNull();
  expect(since(night, '2026-03-28T03:00:00Z')).toBeNull();
});

test('what begins in the hour that there is not begins after it, and an hour that comes twice counts twice', () => {
  expect(since(schedule('02:30', '09:00'), '2026-03-29T01:30:00Z')).toBe('2026-03-29T01:00:00.000Z');
  expect(since(schedule('02:00', '03:00'), '2026-03-29T01:00:00Z')).toBeNull();
  const twice = schedule('02:00', '03:00');
  expect(since(twice, '2026-10-25T01:59:00Z')).toBe('2026-10-25T00:00:00.000Z');
  expect(since(twice, '2026-10-25T02:00:00Z')).toBeNull();
});

test('a break between two spans is one too where the clocks are set in the later of them', () => {
  const spring = keepAwake.parse({
    timeZone: 'Europe/Berlin',
    spans: [
      { days: weekdays, from: '00:30', to: '01:15' },
      { days: weekdays, from: '01:45', to: '09:00' },
    ],
  });
  expect(since(spring, '2026-03-29T03:00:00Z')).toBe('2026-03-29T00:45:00.000Z');
  const autumn = keepAwake.parse({
    timeZone: 'Europe/Berlin',
    spans: [
      { days: weekdays, from: '01:30', to: '02:30' },
      { days: weekdays, from: '02:25', to: '02:35' },
    ],
  });
  // 02:10 for the second time; the first time it was kept awake until 02:35.
  expect(since(autumn, '2026-10-25T01:10:00Z')).toBe('2026-10-25T01:00:00.000Z');
});

test('spans that meet are one, and a week without an end began long ago', () => {
  const joined = keepAwake.parse({
    timeZone: 'UTC',
    spans: [
      { days: ['MON'], from: '08:00', to: '24:00' },
      { days: ['TUE'], from: '00:00', to: '10:00' },
    ],
  });
  expect(since(joined, '2026-11-24T09:59:00Z')).toBe('2026-11-23T08:00:00.000Z');
  const always = keptAwakeSince(schedule('00:00', '24:00'), new Date('2026-11-24T09:59:00Z'));
  expect(always).toEqual(new Date(0));
});

const time = fc.integer({ min: 0, max: 1_439 }).map((minutes) => {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
});
const anySchedule = fc
  .record({
    timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'),
    spans: fc.array(fc.record({ days: fc.subarray([...weekdays], { minLength: 1 }), from: time, to: time }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .filter(({ spans }) => spans.every(({ from, to }) => from !== to));
// The year's changes of clocks in these zones are among them.
const anyMoment = fc.date({
  min: new Date('2026-03-01T00:00:00Z'),
  max: new Date('2026-11-15T00:00:00Z'),
  noInvalidDate: true,
});

test('it is kept awake from the moment that is told on, without a break, and not a minute before', () => {
  fc.assert(
    fc.property(anySchedule, anyMoment, fc.double({ min: 0, max: 1, noNaN: true }), (of, at, share) => {
      const start = keptAwakeSince(of, at);
      // Of what has no end no beginning is looked for.
      if (!start || at.getTime() - start.getTime() > 7 * 86_400_000) return;
      const between = new Date(start.getTime() + (at.getTime() - start.getTime()) * share);
      expect(keptAwakeSince(of, between)?.getTime()).toBe(start.getTime());
      expect(keptAwakeSince(of, new Date(start.getTime() - 60_000))).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('what is no schedule is refused with what to write instead', () => {
  const problems = (of: unknown) => keepAwake.safeParse(of).error?.issues.map(({ message }) => message) ?? [];
  const span = { days: ['MON'], from: '08:00', to: '18:00' };
  expect(problems({ timeZone: '', spans: [span] })).toEqual([expect.stringContaining('Europe/Berlin')]);
  expect(problems({ timeZone: 'x'.repeat(65), spans: [span] })).toEqual([expect.stringContaining('Europe/Berlin')]);
  expect(problems({ timeZone: 'UTC', spans: [] })).toEqual(['A schedule has 1 to 14 spans.']);
  expect(problems({ timeZone: 'UTC', spans: [{ ...span, to: '25:00' }] })).toEqual([expect.stringContaining('08:30')]);
  expect(problems({ timeZone: 'UTC', spans: [{ ...span, to: '08:00' }] })).toEqual([expect.stringContaining('24:00')]);
  expect(problems({ timeZone: 'UTC', spans: [{ ...span, days: ['MON', 'MON'] }] })).toEqual([
    expect.stringContaining('each once'),
  ]);
});

test('a time zone is one that the IANA database has', () => {
  expect(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'].filter(isTimeZone)).toHaveLength(3);
  expect(['', 'Mars/Olympus', '../etc', '+01:00', 'Europe/Berlin '].filter(isTimeZone)).toEqual([]);
});
