export type Stage = {
  readonly name: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly result: string | null;
  readonly reason: { readonly message: string } | null;
  readonly attempts: number;
};

export type Step = {
  readonly name: string;
  readonly label: string;
  /** Milliseconds that it usually takes. */
  readonly usual: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly state: 'done' | 'reused' | 'running' | 'failed' | 'stopped' | 'waiting';
  /** Why it is so, where there is more to say. */
  readonly reason: string | null;
  /** Which try it is, from the second on. */
  readonly attempt: string | null;
};

type Shown = {
  readonly status: string;
  readonly stages: readonly Stage[];
  readonly failure?: { readonly stage: string } | null;
  readonly finishedAt?: string | null;
};

/** The stages of a deployment, each with the time that it took the last time all went well. */
export function stepsOf(deployment: Shown, history: readonly Shown[]): readonly Step[] {
  const model = history.find((other) => other.status === 'READY' && other.stages.length === deployment.stages.length);
  return deployment.stages.map((stage) => {
    const past = model?.stages.find(({ name }) => name === stage.name);
    return {
      name: stage.name,
      label: words[stage.name] ?? stage.name.toLowerCase(),
      usual: durationOf(past) ?? guesses[stage.name] ?? 3_000,
      startedAt: timeOf(stage.startedAt),
      // A step in which it failed ended with it.
      finishedAt: timeOf(stage.finishedAt ?? deployment.finishedAt ?? null),
      state: stateOf(stage, deployment),
      reason: stage.reason?.message ?? null,
      attempt: stage.attempts > 1 ? `try ${stage.attempts}` : null,
    };
  });
}

const words: Readonly<Record<string, string>> = {
  QUEUE: 'Queue',
  FETCH: 'Fetch',
  BUILD: 'Build',
  RELEASE: 'Release command',
  START: 'Start',
  HEALTH_CHECK: 'Health check',
  ROLLOUT: 'Rollout',
  SWITCH: 'Switch',
};

const guesses: Readonly<Record<string, number>> = {
  QUEUE: 500,
  FETCH: 2_000,
  BUILD: 20_000,
  RELEASE: 10_000,
  START: 2_000,
  HEALTH_CHECK: 3_000,
  ROLLOUT: 1_800_000,
  SWITCH: 1_000,
};

const timeOf = (at: string | null) => (at === null ? null : Date.parse(at));

function durationOf(stage: Stage | undefined): number | null {
  return stage?.startedAt && stage.finishedAt ? Date.parse(stage.finishedAt) - Date.parse(stage.startedAt) : null;
}

function stateOf(stage: Stage, { status, failure }: Shown): Step['state'] {
  if (failure?.stage === stage.name || stage.result === 'FAILED') return 'failed';
  if (stage.result === 'REUSED') return 'reused';
  if (stage.result === 'CANCELED' || stage.result === 'SUPERSEDED') return 'stopped';
  if (stage.result === 'INTERRUPTED') return 'waiting';
  if (stage.finishedAt) return 'done';
  const isMoving = ['QUEUED', 'BUILDING', 'DEPLOYING'].includes(status);
  return stage.startedAt && isMoving ? 'running' : 'waiting';
}
