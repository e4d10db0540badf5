import type { Deployment } from '@apployd/sdk';
import type { ReactNode } from 'react';
import { isOver } from '../../deployment/state.js';
import { stepsOf } from '../../deployment/steps.js';
import type { DeploymentRow, Project } from '../../project/use-project.js';
import { span, took, useNow } from '../../ui/time.js';

type Props = { readonly deployment: Deployment; readonly project: Project };

/** Who serves the traffic, in one sentence. */
export function Sentence({ deployment, project }: Props) {
  const live = project.productionEnvironment.liveDeployment;
  const { number, status, serving } = deployment;
  const still =
    live && live.id !== deployment.id ? `Deployment ${live.number} serves all traffic.` : 'Nothing serves yet.';
  if (!isOver(status)) {
    return live && live.id !== deployment.id ? (
      <Line first={`Deployment ${live.number} keeps serving`}>until this one answers its health check.</Line>
    ) : (
      <Line first={`Deployment ${number} goes live`}>once it answers its health check.</Line>
    );
  }
  if (serving === 'LIVE') {
    const former = project.deployments.nodes.find(({ canRollbackTo }) => canRollbackTo);
    return (
      <Line first={`Deployment ${number} serves all traffic.`}>
        {former && `${former.number} stays ready for a roll back.`}
      </Line>
    );
  }
  if (status === 'READY')
    return (
      <Line first={still}>
        {deployment.canRollbackTo ? `${number} stays ready for a roll back.` : `${number} was live before.`}
      </Line>
    );
  if (status === 'CANCELED') return <Line first={`${number} was canceled.`}>{still}</Line>;
  if (status === 'SUPERSEDED') return <Line first={`A newer deployment overtook ${number}.`}>{still}</Line>;
  return <Line first={`${number} did not go live.`}>{still}</Line>;
}

const Line = ({ first, children }: { readonly first: string; readonly children: ReactNode }) => (
  <p className="font-medium">
    {first} <span className="font-normal text-muted">{children}</span>
  </p>
);

type DurationProps = { readonly deployment: Deployment; readonly history: readonly DeploymentRow[] };

/** How long it takes so far, and how long it will by experience. */
export function Duration({ deployment, history }: DurationProps) {
  const now = useNow();
  const start = Date.parse(deployment.createdAt);
  if (deployment.finishedAt)
    return <p className="num text-sm text-muted">Took {took(Date.parse(deployment.finishedAt) - start)}</p>;
  const usual = stepsOf(deployment, history).reduce((sum, step) => sum + step.usual, 0);
  const known = history.some(({ status }) => status === 'READY');
  const left = usual - (now - start);
  return (
    <p className="num text-sm text-muted">
      {span(now - start)} so far{known && left > 1_000 && `, about ${span(left)} left`}
    </p>
  );
}
