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
  /** With a status of 500 or above, those of an edge that did not reach it among them, and calls of gRPC that say so. */
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

/** The same of both releases. */
export type Sides<Side> = { readonly former: Side; readonly newer: Side };

/** Both sides, as all edges together have served them. */
export function figuresOf(rows: readonly EdgeSide[]): Sides<SideFigures> {
  const of = (isNew: boolean) => {
    const figures = rows
      .filter((row) => row.isNew === isNew)
      .map(({ errors, latency }) => ({ errors: Number(errors), latency: latencyCounts.parse(latency) }));
    return {
      errors: figures.reduce((sum, { errors }) => sum + errors, 0),
      latency: figures.reduce((sum, { latency }) => addLatencies(sum, latency), noLatencies()),
    };
  };
  return { former: of(false), newer: of(true) };
}

/** The same as they are shown. */
export function sidesOf(rows: readonly EdgeSide[]): Sides<SideSummary> {
  const { former, newer } = figuresOf(rows);
  return { former: summaryOf(former), newer: summaryOf(newer) };
}

const sideFigures = z.object({ errors: z.number(), latency: latencyCounts });
const bothFigures = z.object({ former: sideFigures, newer: sideFigures });

/** What both sides have answered since they had answered as much as was kept; all that they have where nothing was. */
export function sidesSince(rows: readonly EdgeSide[], kept: unknown): Sides<SideSummary> {
  const now = figuresOf(rows);
  const then = bothFigures.safeParse(kept).data;
  const of = (side: keyof Sides<unknown>) => summaryOf(then ? difference(now[side], then[side]) : now[side]);
  return { former: of('former'), newer: of('newer') };
}

/** An edge that began anew has forgotten what it counted: less than nothing was not answered. */
function difference(now: SideFigures, then: SideFigures): SideFigures {
  const latency = now.latency.map((count, bucket) => Math.max(0, count - (then.latency[bucket] ?? 0)));
  return { latency, errors: Math.min(countOf(latency), Math.max(0, now.errors - then.errors)) };
}

/** How far a rollout is: `step` counts from 0. */
export type RolloutProgress = {
  readonly steps: readonly RolloutStep[];
  readonly step: number;
  /** When the present step is over by the schedule. */
  readonly nextAt: Date;
};

/** What is known of both sides. */
export type RolloutFigures = {
  /** Since the rollout began. */
  readonly all: Sides<SideSummary>;
  /** Since the present step did: what becomes worse late is little among all that went well before. */
  readonly ofStep: Sides<SideSummary>;
};

/** What is to be done about a rollout now. */
export type RolloutDecision =
  | { readonly kind: 'WAIT' }
  | { readonly kind: 'STEP'; readonly step: number }
  | { readonly kind: 'PROMOTE' }
  | { readonly kind: 'ABORT'; readonly reason: 'ERROR_RATE' | 'P95'; readonly sentence: string };

type Rule = Pick<RolloutSettings, 'maxErrorRateIncrease' | 'maxP95Factor' | 'minRequests'>;

/**
 * The rule and the schedule. Nothing is judged before both sides have answered enough, since the rollout or the step began. A
 * step that has too few for that when its time is over lasts as long again at most: where hardly anybody visits, a release
 * would never get through otherwise. When a step is over its errors are judged by what there is, however little the former
 * release was asked meanwhile.
 */
export function decide(progress: RolloutProgress, rule: Rule, figures: RolloutFigures, now: Date): RolloutDecision {
  const isEnough = isEnoughOf(rule, figures.all);
  const problem = problemOf(rule, figures.all, '') ?? problemOf(rule, figures.ofStep, ofThisStep);
  if (problem) return { kind: 'ABORT', ...problem };
  const { steps, step, nextAt } = progress;
  const patienceMs = isEnough ? 0 : (steps[step]?.minutes ?? 0) * 60_000;
  if (now.getTime() < nextAt.getTime() + patienceMs) return { kind: 'WAIT' };
  const failure = failureOf(rule, figures.all, '') ?? failureOf(rule, besideAll(rule, figures), ofThisStep);
  if (failure) return { kind: 'ABORT', ...failure };
  return step + 1 < steps.length ? { kind: 'STEP', step: step + 1 } : { kind: 'PROMOTE' };
}

/** Of what is faster than this nobody notices that it became slower by a factor. */
const unnoticedMs = 10;

const isEnoughOf = ({ minRequests }: Rule, { former, newer }: Sides<SideSummary>) =>
  Math.min(former.requests, newer.requests) >= minRequests;

const ofThisStep = ' since this step began';

/** What the new release did in this step, beside all that is known of the former one where that had hardly any visitors in it. */
function besideAll({ minRequests }: Rule, { all, ofStep }: RolloutFigures): Sides<SideSummary> {
  const isKnown = ofStep.former.requests >= minRequests;
  return { former: isKnown ? ofStep.former : all.former, newer: ofStep.newer };
}

/** Null also before both have answered enough. `since` is said with the figures where they are not those of the whole rollout. */
function problemOf(rule: Rule, sides: Sides<SideSummary>, since: string) {
  if (!isEnoughOf(rule, sides)) return null;
  return tooManyErrors(rule, sides, since) ?? tooSlow(rule, sides, since);
}

/** Where the former release has answered nothing it has not failed either. */
function tooManyErrors({ maxErrorRateIncrease }: Rule, { former, newer }: Sides<SideSummary>, since: string) {
  const [rate, before] = [newer.errorRate ?? 0, former.errorRate ?? 0];
  if (rate - before <= maxErrorRateIncrease) return null;
  const sentence = `The new release fails ${rate} % of its requests${since} and the former one ${before} %: more than the ${maxErrorRateIncrease} percentage points above it that are allowed.`;
  return { reason: 'ERROR_RATE', sentence } as const;
}

function tooSlow({ maxP95Factor }: Rule, { former, newer }: Sides<SideSummary>, since: string) {
  const [p95, p95Before] = [newer.p95Ms ?? 0, Math.max(former.p95Ms ?? 0, unnoticedMs)];
  if (p95 <= p95Before * maxP95Factor) return null;
  const sentence = `The new release answers 95 % of its requests${since} within ${p95} ms and the former one within ${former.p95Ms ?? 0} ms: more than the ${maxP95Factor} times that are allowed.`;
  return { reason: 'P95', sentence } as const;
}

/** What is known of the errors where not both sides have answered enough. How slow somebody is a few answers do not say. */
function failureOf(rule: Rule, sides: Sides<SideSummary>, since: string) {
  const isEnough = sides.newer.requests >= rule.minRequests;
  return isEnough ? tooManyErrors(rule, sides, since) : plainFailure(rule, sides, since);
}

/** Fewer errors may be an accident. */
const fewestErrors = 5;

/** Of the few requests that it had it fails so many more than is allowed that chance explains it no more: by two standard errors. */
function plainFailure({ maxErrorRateIncrease }: Rule, { former, newer }: Sides<SideSummary>, since: string) {
  const [rate, before] = [newer.errorRate ?? 0, former.errorRate ?? 0];
  const chance = 2 * Math.hypot(standardError(former), standardError(newer));
  if (newer.errors < fewestErrors || rate - before <= maxErrorRateIncrease + chance) return null;
  const sentence = `The new release fails ${rate} % of the ${newer.requests} requests that it had${since}, and the former one ${before} % of its own.`;
  return { reason: 'ERROR_RATE', sentence } as const;
}

/** Of the error rate, in percentage points. */
function standardError({ requests, errorRate }: SideSummary): number {
  const part = (errorRate ?? 0) / 100;
  return requests === 0 ? 0 : Math.sqrt((part * (1 - part)) / requests) * 100;
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
