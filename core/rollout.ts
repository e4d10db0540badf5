import { z } from 'zod';
import { addLatencies, countOf, noLatencies, quantileMs, type LatencyCounts } from './latency.js';

/** A share of the visitors that a new release has for a while, before the next share. */
const rolloutStep = z.object({
  percent: z
    .int('The percent of a step is a whole number.')
    .min(1, 'A step has at least 1 percent of the visitors.')
    .max(99, 'A step has at most 99 percent of the visitors: all of them come after the last.'),
  minutes: z
    .int('The minutes of a step are a whole number.')
    .min(1, 'A step takes at least a minute.')
    .max(1_440, 'A step takes at most a day, which is 1440 minutes.'),
});
export type RolloutStep = z.infer<typeof rolloutStep>;

export const mostRolloutSteps = 10;

/** How an environment brings a new release to its visitors. */
export const rolloutSettings = z.object({
  /** Off: a new release has all visitors at once. */
  enabled: z.boolean().default(false),
  steps: z
    .array(rolloutStep)
    .min(1, 'A gradual release has at least one step.')
    .max(mostRolloutSteps, `A gradual release has at most ${mostRolloutSteps} steps: leave some out.`)
    .refine(
      (steps) => steps.every(({ percent }, i) => i === 0 || percent > (steps[i - 1]?.percent ?? 0)),
      'Each step has more percent than the one before it.',
    )
    .default([
      { percent: 5, minutes: 10 },
      { percent: 25, minutes: 10 },
      { percent: 50, minutes: 10 },
    ]),
  /** By so many percentage points the share of answers with a status of 500 or above may be higher than the former release's. */
  maxErrorRateIncrease: z
    .number()
    .min(0, 'The error rate may be higher by 0 to 100 percentage points.')
    .max(100, 'The error rate may be higher by 0 to 100 percentage points.')
    .default(2),
  /** So many times the former release's p95 the new one's may be. */
  maxP95Factor: z
    .number()
    .min(1, 'The p95 may be 1 to 100 times that of the former release.')
    .max(100, 'The p95 may be 1 to 100 times that of the former release.')
    .default(2),
  /** Before both have answered so many nothing is judged. */
  minRequests: z
    .int('The least number of requests is a whole number.')
    .min(1, 'The least number of requests is 1 to 1000000.')
    .max(1_000_000, 'The least number of requests is 1 to 1000000.')
    .default(100),
});
export type RolloutSettings = z.infer<typeof rolloutSettings>;

export const usualRolloutSettings: RolloutSettings = rolloutSettings.parse({});

/** Settings as they were kept. What a newer platform means by them is for its own engines: a release goes at once then. */
export function readRolloutSettings(kept: unknown): RolloutSettings {
  return rolloutSettings.safeParse(kept).data ?? usualRolloutSettings;
}

/** How a rollout is over. */
export const rolloutVerdicts = ['PROMOTED', 'ABORTED'] as const;
export type RolloutVerdict = (typeof rolloutVerdicts)[number];

/** Why. */
export const rolloutReasons = [
  'SCHEDULE',
  'BY_HAND',
  'ERROR_RATE',
  'P95',
  'ENDED',
  'UNHEALTHY',
  'NOT_RUNNING',
  'CANCELED',
  'SUPERSEDED',
  'FAILED',
] as const;
export type RolloutReason = (typeof rolloutReasons)[number];

/** What one side has answered since the rollout began. */
export type SideFigures = { readonly errors: number; readonly latency: LatencyCounts };

/** The same as it is shown; null where nothing was answered. */
export type SideSummary = {
  readonly requests: number;
  /** With a status of 500 or above, those of an edge that did not reach it among them. */
  readonly errors: number;
  /** In percent. */
  readonly errorRate: number | null;
  readonly p95Ms: number | null;
};

export function summaryOf({ errors, latency }: SideFigures): SideSummary {
  const requests = countOf(latency);
  const p95Ms = quantileMs(latency, 0.95);
  return {
    ...{ requests, errors },
    errorRate: requests === 0 ? null : rounded((errors / requests) * 100),
    p95Ms: p95Ms === null ? null : rounded(p95Ms),
  };
}

const rounded = (value: number) => Math.round(value * 100) / 100;

/** What each edge has written down of one side. */
type EdgeSide = { readonly isNew: boolean; readonly errors: bigint; readonly latency: unknown };

const latencyCounts = z.array(z.number());

/** Both sides, as all edges together have served them. */
export function sidesOf(rows: readonly EdgeSide[]): { readonly former: SideSummary; readonly newer: SideSummary } {
  const of = (isNew: boolean) => {
    const figures = rows
      .filter((row) => row.isNew === isNew)
      .map(({ errors, latency }) => ({ errors: Number(errors), latency: latencyCounts.parse(latency) }));
    return summaryOf({
      errors: figures.reduce((sum, { errors }) => sum + errors, 0),
      latency: figures.reduce((sum, { latency }) => addLatencies(sum, latency), noLatencies()),
    });
  };
  return { former: of(false), newer: of(true) };
}

/** How far a rollout is: `step` counts from 0. */
export type RolloutProgress = {
  readonly steps: readonly RolloutStep[];
  readonly step: number;
  /** When the present step is over by the schedule. */
  readonly nextAt: Date;
};

/** What is to be done about a rollout now. */
export type RolloutDecision =
  | { readonly kind: 'WAIT' }
  | { readonly kind: 'STEP'; readonly step: number }
  | { readonly kind: 'PROMOTE' }
  | { readonly kind: 'ABORT'; readonly reason: 'ERROR_RATE' | 'P95'; readonly sentence: string };

type Rule = Pick<RolloutSettings, 'maxErrorRateIncrease' | 'maxP95Factor' | 'minRequests'>;

/**
 * The rule and the schedule. Nothing is judged before both sides have answered enough. A step that has too few for that when
 * its time is over lasts as long again at most: where hardly anybody visits, a release would never get through otherwise.
 * Then it is judged by what there is, and goes on unless it is plain that it fails.
 */
export function decide(
  progress: RolloutProgress,
  rule: Rule,
  sides: { readonly former: SideSummary; readonly newer: SideSummary },
  now: Date,
): RolloutDecision {
  const { former, newer } = sides;
  const isEnough = Math.min(former.requests, newer.requests) >= rule.minRequests;
  const problem = isEnough ? problemOf(rule, former, newer) : null;
  if (problem) return { kind: 'ABORT', ...problem };
  const { steps, step, nextAt } = progress;
  const patienceMs = isEnough ? 0 : (steps[step]?.minutes ?? 0) * 60_000;
  if (now.getTime() < nextAt.getTime() + patienceMs) return { kind: 'WAIT' };
  const failure = isEnough ? null : plainFailure(rule, former, newer);
  if (failure) return { kind: 'ABORT', ...failure };
  return step + 1 < steps.length ? { kind: 'STEP', step: step + 1 } : { kind: 'PROMOTE' };
}

/** Of what is faster than this nobody notices that it became slower by a factor. */
const unnoticedMs = 10;

function problemOf({ maxErrorRateIncrease, maxP95Factor }: Rule, former: SideSummary, newer: SideSummary) {
  const [rate, before] = [newer.errorRate ?? 0, former.errorRate ?? 0];
  if (rate - before > maxErrorRateIncrease) {
    const sentence = `The new release fails ${rate} % of its requests and the former one ${before} %: more than the ${maxErrorRateIncrease} percentage points above it that are allowed.`;
    return { reason: 'ERROR_RATE', sentence } as const;
  }
  const [p95, p95Before] = [newer.p95Ms ?? 0, Math.max(former.p95Ms ?? 0, unnoticedMs)];
  if (p95 <= p95Before * maxP95Factor) return null;
  const sentence = `The new release answers 95 % of its requests within ${p95} ms and the former one within ${former.p95Ms ?? 0} ms: more than the ${maxP95Factor} times that are allowed.`;
  return { reason: 'P95', sentence } as const;
}

/** So few are no accident any more where they fail. */
const fewestToFail = 5;

/** What fails half of the few requests that it had, where the former release fails not half as often. */
function plainFailure({ maxErrorRateIncrease }: Rule, former: SideSummary, newer: SideSummary) {
  const [rate, before] = [newer.errorRate ?? 0, former.errorRate ?? 0];
  if (newer.requests < fewestToFail || rate < 50 || before > rate / 2 || rate - before <= maxErrorRateIncrease)
    return null;
  const sentence = `The new release fails ${rate} % of the ${newer.requests} requests that it had, and the former one ${before} % of its own.`;
  return { reason: 'ERROR_RATE', sentence } as const;
}

/** A second place for a share of a route's visitors. */
export const routeRollout = z.object({
  /** Of the new release: what is counted is told by it. */
  deploymentId: z.string(),
  /** `host:port`, one at least. */
  targets: z.array(z.string()).min(1),
  /** Of the visitors, 1 to 99. */
  percent: z.int().min(1).max(99),
});
export type RouteRollout = z.infer<typeof routeRollout>;
