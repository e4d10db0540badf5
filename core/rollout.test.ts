import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { latencyBucketOf, noLatencies } from './latency.js';
import {
  decide,
  figuresOf,
  rolloutSettings,
  sidesSince,
  summaryOf,
  usualRolloutSettings,
  type SideSummary,
} from './rollout.js';

const steps = [
  { percent: 5, minutes: 10 },
  { percent: 50, minutes: 20 },
];
const nextAt = new Date(1_000_000_000);
const at = (minutes: number) => new Date(nextAt.getTime() + minutes * 60_000);
const rule = { maxErrorRateIncrease: 2, maxP95Factor: 2, minRequests: 100 };
const side = (more: Partial<SideSummary> = {}): SideSummary => ({
  ...{ requests: 1_000, errors: 10, errorRate: 1, p95Ms: 100 },
  ...more,
});
/** So many answers, of which so many were errors. */
const few = (requests: number, errors: number): SideSummary => ({
  ...{ requests, errors, p95Ms: 100 },
  errorRate: requests === 0 ? null : Math.round((errors / requests) * 10_000) / 100,
});
const none: SideSummary = { ...few(0, 0), p95Ms: null };
const nobody = { former: none, newer: none };
const decideAt = (minutes: number, newer: SideSummary, former = side(), step = 0) =>
  decide({ steps, step, nextAt }, rule, { all: { former, newer }, ofStep: nobody }, at(minutes));

describe('a rollout', () => {
  test('waits for its time, then takes the next step, and is promoted after the last', () => {
    expect(decideAt(-1, side())).toEqual({ kind: 'WAIT' });
    expect(decideAt(0, side())).toEqual({ kind: 'STEP', step: 1 });
    expect(decideAt(0, side(), side(), 1)).toEqual({ kind: 'PROMOTE' });
  });

  test('is aborted at once when it fails more than the former by more than is allowed, and not when both fail', () => {
    expect(decideAt(-9, side({ errorRate: 3 }))).toEqual({ kind: 'WAIT' });
    expect(decideAt(-9, side({ errorRate: 3.1 }))).toMatchObject({ kind: 'ABORT', reason: 'ERROR_RATE' });
    expect(decideAt(-9, side({ errorRate: 60 }), side({ errorRate: 59 }))).toEqual({ kind: 'WAIT' });
  });

  test('is aborted when it is slower by the factor, but not where nobody would notice', () => {
    expect(decideAt(-9, side({ p95Ms: 200 }))).toEqual({ kind: 'WAIT' });
    const aborted = decideAt(-9, side({ p95Ms: 201 }));
    expect(aborted).toMatchObject({ kind: 'ABORT', reason: 'P95' });
    expect(aborted.kind === 'ABORT' && aborted.sentence).toContain('201 ms');
    expect(decideAt(-9, side({ p95Ms: 15 }), side({ p95Ms: 2 }))).toEqual({ kind: 'WAIT' });
  });

  test('is judged by nothing before both have answered enough, and waits for that as long again at most', () => {
    const fewer = few(99, 4);
    expect(decideAt(-1, fewer)).toEqual({ kind: 'WAIT' });
    expect(decideAt(9, fewer)).toEqual({ kind: 'WAIT' });
    expect(decideAt(10, fewer)).toEqual({ kind: 'STEP', step: 1 });
    expect(decideAt(0, side(), fewer)).toEqual({ kind: 'WAIT' });
    expect(decideAt(20, fewer, side(), 1)).toEqual({ kind: 'PROMOTE' });
  });

  test('has its errors judged at last where the former has answered hardly anything, but not how slow it is', () => {
    const failing = few(1_000, 450);
    for (const former of [none, few(10, 0), few(99, 5)]) {
      expect(decideAt(9, failing, former)).toEqual({ kind: 'WAIT' });
      const aborted = decideAt(10, failing, former);
      expect(aborted).toMatchObject({ kind: 'ABORT', reason: 'ERROR_RATE' });
      expect(aborted.kind === 'ABORT' && aborted.sentence).toContain('fails 45 %');
      expect(decideAt(20, failing, former, 1)).toMatchObject({ kind: 'ABORT' });
    }
    expect(decideAt(10, few(1_000, 450), few(99, 44))).toMatchObject({ kind: 'STEP' });
    expect(decideAt(10, few(1_000, 20), none)).toMatchObject({ kind: 'STEP' });
    expect(decideAt(10, { ...few(1_000, 0), p95Ms: 9_000 }, few(99, 0))).toMatchObject({ kind: 'STEP' });
  });

  test('is judged at last by the few that there are, and aborted where it is no accident that they fail', () => {
    const failing = few(99, 44);
    expect(decideAt(9, failing)).toEqual({ kind: 'WAIT' });
    const aborted = decideAt(10, failing);
    expect(aborted).toMatchObject({ kind: 'ABORT', reason: 'ERROR_RATE' });
    expect(aborted.kind === 'ABORT' && aborted.sentence).toContain('44.44 % of the 99 requests');
    for (const [newer, former] of [
      [few(5, 5), none],
      [few(5, 5), side()],
      [few(50, 24), side()],
      [few(99, 44), few(20, 2)],
    ] as const)
      expect(decideAt(10, newer, former)).toMatchObject({ kind: 'ABORT' });
    for (const [newer, former] of [
      // Fewer than five.
      [few(4, 4), side()],
      // Within two standard errors of what is allowed.
      [few(60, 5), side()],
      [few(20, 8), few(20, 7)],
      [none, side()],
    ] as const)
      expect(decideAt(10, newer, former)).toEqual({ kind: 'STEP', step: 1 });
    const all = { ...rule, maxErrorRateIncrease: 100 };
    const figures = { all: { former: side(), newer: few(5, 5) }, ofStep: nobody };
    expect(decide({ steps, step: 0, nextAt }, all, figures, at(10))).toMatchObject({ kind: 'STEP' });
  });

  test('is aborted by what it answered since its step began, however well it did before', () => {
    const all = { former: few(100_000, 0), newer: few(100_000, 100) };
    const decideBy = (newer: SideSummary, former = few(200, 0)) =>
      decide({ steps, step: 1, nextAt }, rule, { all, ofStep: { former, newer } }, at(-5));
    const aborted = decideBy(few(200, 90));
    expect(aborted).toMatchObject({ kind: 'ABORT', reason: 'ERROR_RATE' });
    expect(aborted.kind === 'ABORT' && aborted.sentence).toContain('fails 45 % of its requests since this step began');
    expect(decideBy({ ...few(200, 0), p95Ms: 900 })).toMatchObject({ kind: 'ABORT', reason: 'P95' });
    expect(decideBy(few(99, 90))).toEqual({ kind: 'WAIT' });
    expect(decideBy(few(200, 90), few(99, 0))).toEqual({ kind: 'WAIT' });
    expect(decideBy(few(200, 2))).toEqual({ kind: 'WAIT' });
  });

  test('is not brought further by a step whose errors are many, for which the former has hardly any visitors left', () => {
    const all = { former: few(100_000, 3_000), newer: few(101_000, 450) };
    const decideBy = (newer: SideSummary, former = few(10, 0)) =>
      decide({ steps, step: 1, nextAt }, rule, { all, ofStep: { former, newer } }, at(0));
    expect(decideBy(few(1_000, 450))).toMatchObject({
      ...{ kind: 'ABORT', reason: 'ERROR_RATE' },
      sentence: expect.stringContaining('since this step began and the former one 3 %'),
    });
    expect(decideBy(few(50, 24))).toMatchObject({ kind: 'ABORT' });
    // As often as the former one ever has.
    expect(decideBy(few(1_000, 40))).toEqual({ kind: 'PROMOTE' });
    expect(decideBy(few(4, 4))).toEqual({ kind: 'PROMOTE' });
  });

  test('comes to an end whatever is answered, and never goes back', () => {
    const anySide = fc.record({
      requests: fc.nat(10_000),
      errors: fc.nat(100),
      errorRate: fc.double({ min: 0, max: 100, noNaN: true }),
      p95Ms: fc.double({ min: 0, max: 10_000, noNaN: true }),
    });
    fc.assert(
      fc.property(anySide, anySide, fc.nat(1), (former, newer, step) => {
        const minutes = steps[step]?.minutes ?? 0;
        const decided = decide({ steps, step, nextAt }, rule, { all: { former, newer }, ofStep: nobody }, at(minutes));
        expect(decided.kind).not.toBe('WAIT');
        if (decided.kind === 'STEP') expect(decided.step).toBe(step + 1);
        const isHigher = newer.errorRate - former.errorRate > rule.maxErrorRateIncrease;
        const isEnough = newer.requests >= rule.minRequests;
        if (decided.kind !== 'ABORT') expect(isEnough && isHigher).toBe(false);
        else if (decided.reason === 'P95')
          expect(Math.min(former.requests, newer.requests)).toBeGreaterThanOrEqual(100);
        else expect(isHigher && (isEnough || newer.errors >= 5)).toBe(true);
      }),
    );
  });
});

test('figures are told with their rate in percent and their p95, and nothing where nothing was answered', () => {
  const latency = noLatencies();
  latency[latencyBucketOf(50)] = 100;
  expect(summaryOf({ errors: 3, latency })).toMatchObject({ requests: 100, errors: 3, errorRate: 3 });
  expect(summaryOf({ errors: 0, latency: noLatencies() })).toEqual({
    ...{ requests: 0, errors: 0, errorRate: null, p95Ms: null },
  });
});

test('what was answered since a moment is what is new since then, and never less than nothing', () => {
  const rows = (...told: readonly (readonly [count: number, errors: number])[]) =>
    told.map(([count, errors]) => {
      const latency = noLatencies();
      latency[latencyBucketOf(50)] = count;
      return { isNew: true, errors: BigInt(errors), latency };
    });
  const kept: unknown = JSON.parse(JSON.stringify(figuresOf(rows([10, 1], [20, 2]))));
  const since = sidesSince(rows([15, 2], [20, 2], [100, 30]), kept);
  expect(since.newer).toMatchObject({ requests: 105, errors: 31 });
  expect(since.former).toMatchObject({ requests: 0, errors: 0, errorRate: null });
  expect(sidesSince(rows([10, 1]), null).newer).toMatchObject({ requests: 10, errors: 1 });
  expect(sidesSince(rows([5, 0]), kept).newer).toMatchObject({ requests: 0, errors: 0, errorRate: null });
});

test('settings are off unless said, and steps grow', () => {
  expect(usualRolloutSettings.enabled).toBe(false);
  const isFine = (settings: object) => rolloutSettings.safeParse(settings).success;
  expect(isFine({ steps })).toBe(true);
  expect(isFine({ steps: [...steps].reverse() })).toBe(false);
  expect(isFine({ steps: [] })).toBe(false);
  expect(isFine({ steps: [{ percent: 100, minutes: 1 }] })).toBe(false);
  expect(isFine({ steps: [{ percent: 5, minutes: 0 }] })).toBe(false);
  expect(isFine({ maxP95Factor: 0.5 })).toBe(false);
});
