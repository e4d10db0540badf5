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

type Runs = { readonly observedState: string; readonly liveDeployment: object | null };

type Shown = {
  /** Whether it lives. */
  readonly state: string;
  readonly productionEnvironment: Runs;
  readonly recentDeployments: readonly { readonly status: string; readonly environment: { readonly kind: string } }[];
};

/** How a project does: that is, its production. What happens in its other environments shows with those. */
export function stateOf({ state, productionEnvironment, recentDeployments }: Shown): string {
  if (state === 'DELETING') return state;
  const latest = recentDeployments.find(({ environment }) => environment.kind === 'PRODUCTION');
  return stateOfEnvironment(productionEnvironment, latest?.status);
}

/** The more urgent of an environment's two facts: what happens to its latest deployment beats whether it runs. */
export function stateOfEnvironment({ observedState, liveDeployment }: Runs, latest: string | undefined): string {
  if (!latest && !liveDeployment) return 'EMPTY';
  if (latest && (!isOver(latest) || latest === 'FAILED')) return latest;
  if (observedState === 'CRASHED') return observedState;
  if (observedState === 'STOPPED' && liveDeployment) return observedState;
  if (observedState.endsWith('SLEEP')) return 'ASLEEP';
  return liveDeployment ? 'READY' : (latest ?? 'EMPTY');
}
