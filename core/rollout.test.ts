import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { latencyBucketOf, noLatencies } from './latency.js';
import { decide, rolloutSettings, summaryOf, usualRolloutSettings, type SideSummary } from './rollout.js';

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
const decideAt = (minutes: number, newer: SideSummary, former = side(), step = 0) =>
  decide({ steps, step, nextAt }, rule, { former, newer }, at(minutes));

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
    const few = side({ requests: 99, errors: 40, errorRate: 40.4 });
    expect(decideAt(-1, few)).toEqual({ kind: 'WAIT' });
    expect(decideAt(9, few)).toEqual({ kind: 'WAIT' });
    expect(decideAt(10, few)).toEqual({ kind: 'STEP', step: 1 });
    expect(decideAt(0, side(), few)).toEqual({ kind: 'WAIT' });
    expect(decideAt(20, few, side(), 1)).toEqual({ kind: 'PROMOTE' });
  });

  test('is judged at last by the few that there are, and aborted where they plainly fail', () => {
    const failing = side({ requests: 5, errors: 3, errorRate: 60 });
    expect(decideAt(9, failing)).toEqual({ kind: 'WAIT' });
    const aborted = decideAt(10, failing);
    expect(aborted).toMatchObject({ kind: 'ABORT', reason: 'ERROR_RATE' });
    expect(aborted.kind === 'ABORT' && aborted.sentence).toContain('60 % of the 5 requests');
    const none = { requests: 0, errors: 0, errorRate: null, p95Ms: null };
    expect(decideAt(10, failing, none)).toMatchObject({ kind: 'ABORT' });
    for (const [newer, former] of [
      [side({ requests: 4, errors: 4, errorRate: 100 }), side()],
      [side({ requests: 50, errors: 24, errorRate: 48 }), side()],
      [failing, side({ requests: 20, errors: 7, errorRate: 35 })],
      [none, side()],
    ] as const)
      expect(decideAt(10, newer, former)).toEqual({ kind: 'STEP', step: 1 });
    const all = { ...rule, maxErrorRateIncrease: 100 };
    expect(decide({ steps, step: 0, nextAt }, all, { former: side(), newer: failing }, at(10))).toMatchObject({
      kind: 'STEP',
    });
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
        const decided = decide({ steps, step, nextAt }, rule, { former, newer }, at(minutes));
        expect(decided.kind).not.toBe('WAIT');
        if (decided.kind === 'STEP') expect(decided.step).toBe(step + 1);
        const isEnough = Math.min(former.requests, newer.requests) >= rule.minRequests;
        const isPlain = newer.requests >= 5 && newer.errorRate >= 50 && former.errorRate <= newer.errorRate / 2;
        if (decided.kind === 'ABORT') expect(isEnough || isPlain).toBe(true);
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
