import { powerOf, type Runs } from './power.js';

/** The words that the API has for a deployment, as far as the screens need them. */
export const isOver = (status: string): boolean => !['QUEUED', 'BUILDING', 'DEPLOYING'].includes(status);

type Deployed = {
  readonly number: number;
  readonly source: { readonly __typename: string; readonly message?: string | null };
  readonly rollbackOf?: { readonly number: number } | null;
};

/** What a deployment is called: its commit's first line. */
export function titleOf({ number, source, rollbackOf }: Deployed): string {
  if (rollbackOf) return `Back to ${rollbackOf.number}`;
  return source.message?.split('\n', 1)[0]?.trim() || `Deployment ${number}`;
}

export const shortCommit = (commit: string | null | undefined): string | null => commit?.slice(0, 7) ?? null;

/** Whether its release has proved itself and is kept: another environment may have it. */
export const isPromotable = ({ status, serving }: { readonly status: string; readonly serving: string }): boolean =>
  status === 'READY' && (serving === 'LIVE' || serving === 'STANDBY');

type Staged = {
  readonly status: string;
  readonly cancelRequestedAt: string | null;
  readonly supersededBy: object | null;
  readonly stages: readonly {
    readonly name: string;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
  }[];
};

/** Whether its visitors come step by step just now: whatever is deployed next ends that. */
export const isInRollout = ({ status, cancelRequestedAt, supersededBy, stages }: Staged): boolean =>
  status === 'DEPLOYING' &&
  !cancelRequestedAt &&
  !supersededBy &&
  stages.some(({ name, startedAt, finishedAt }) => name === 'ROLLOUT' && startedAt && !finishedAt);

export type Shown = {
  /** Whether it lives. */
  readonly state: string;
  readonly productionEnvironment: Runs;
  readonly recentDeployments: readonly { readonly status: string; readonly environment: { readonly kind: string } }[];
};

/** How a project does: that is, its production. What happens in its other environments shows with those. */
export function stateOf(project: Shown): string {
  const { state, productionEnvironment } = project;
  return state === 'DELETING' ? state : stateOfEnvironment(productionEnvironment, latestOf(project));
}

/** How the latest deployment of its production is. */
export const latestOf = ({ recentDeployments }: Shown): string | undefined =>
  recentDeployments.find(({ environment }) => environment.kind === 'PRODUCTION')?.status;

/**
 * The more urgent of an environment's two facts: that a deployment is on its way; that what is live is down, which its
 * latest deployment's failure would hide; then that failure; then whether what is live sleeps or serves.
 */
export function stateOfEnvironment(environment: Runs, latest: string | undefined): string {
  const power = powerOf(environment);
  if (latest && !isOver(latest)) return latest;
  if (power === 'CRASHED' || power === 'STOPPED') return power;
  if (latest === 'FAILED') return latest;
  if (power === 'EMPTY') return latest ?? power;
  return power === 'ASLEEP' ? power : 'READY';
}
