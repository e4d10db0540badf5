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

type Shown = {
  /** Whether it lives. */
  readonly state: string;
  readonly productionEnvironment: { readonly observedState: string; readonly liveDeployment: object | null };
  readonly recentDeployments: readonly { readonly status: string }[];
};

/** The more urgent of a project's two facts: what happens to its latest deployment beats whether it runs. */
export function stateOf({ state, productionEnvironment, recentDeployments }: Shown): string {
  if (state === 'DELETING') return state;
  const { observedState, liveDeployment } = productionEnvironment;
  const latest = recentDeployments[0]?.status;
  if (!latest) return 'EMPTY';
  if (!isOver(latest) || latest === 'FAILED') return latest;
  if (observedState === 'CRASHED') return observedState;
  if (observedState === 'STOPPED' && liveDeployment) return observedState;
  if (observedState.endsWith('SLEEP')) return 'ASLEEP';
  return liveDeployment ? 'READY' : latest;
}
