import type { Deployment } from '@apployd/sdk';
import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { powerOf, servesOf } from '../../deployment/power.js';
import { isOver, shortCommit } from '../../deployment/state.js';
import { stepsOf } from '../../deployment/steps.js';
import { addressOfShown } from '../../project/address.js';
import type { DeploymentRow, Project } from '../../project/shown.js';
import { titleOfFailure } from '../../project/title-of-failure.js';
import { span, took } from '../../ui/span.js';
import { useNow } from '../../ui/time.js';

type Props = { readonly deployment: Deployment; readonly project: Project };

/** Who serves the traffic, in one sentence. */
export function Sentence({ deployment, project }: Props) {
  const { number, status, serving } = deployment;
  const live = project.environment.liveDeployment;
  const other = live && live.id !== deployment.id ? live.number : null;
  const serves = other === null ? 'Nothing serves yet.' : `Deployment ${other} ${servesOf(project.environment)}.`;
  if (!isOver(status) && deployment.supersededBy) {
    return <Line first={`Deployment ${deployment.supersededBy.number} takes its place.`}>{serves}</Line>;
  }
  if (!isOver(status) && other !== null && deployment.strategy === 'STOP_FIRST') {
    return (
      <Line first={`Deployment ${other} is stopped before this one starts`}>
        since both would write into its volume: nobody is served until this one answers its health check.
      </Line>
    );
  }
  if (!isOver(status)) {
    return other === null ? (
      <Line first={`Deployment ${number} goes live`}>once it answers its health check.</Line>
    ) : (
      <Meanwhile number={other} environment={project.environment} />
    );
  }
  if (serving === 'LIVE') return <Live deployment={deployment} project={project} />;
  if (status === 'READY') return <Line first={serves}>{former(deployment)}</Line>;
  if (status === 'CANCELED') return <Line first={canceled(deployment)}>{serves}</Line>;
  if (status === 'SUPERSEDED') return <Superseded deployment={deployment} project={project} serves={serves} />;
  return other === null ? (
    <Line first={`${number} did not go live.`}>{serves}</Line>
  ) : (
    <Line first={titleOfFailure(number, project.environment)} />
  );
}

type MeanwhileProps = { readonly number: number; readonly environment: Project['environment'] };

/** What has the visitors while another one is on its way. */
const Meanwhile = ({ number, environment }: MeanwhileProps) =>
  powerOf(environment) === 'SERVING' ? (
    <Line first={`Deployment ${number} keeps serving`}>until this one answers its health check.</Line>
  ) : (
    <Line first={`Deployment ${number} ${servesOf(environment)}.`}>
      This one takes its place once it answers its health check.
    </Line>
  );

function Live({ deployment: { id, number, rollbackOf }, project }: Props) {
  const { environment } = project;
  // The deployment is told of first: an environment that does not know it as live is from before it went live.
  const serves = environment.liveDeployment?.id === id ? servesOf(environment) : 'serves all traffic';
  const first = `Deployment ${number} ${serves}.`;
  if (rollbackOf) {
    return <Line first={first}>Rolled back to {rollbackOf.number}; what came after it stays in the list.</Line>;
  }
  const standby = project.environment.deployments.nodes.find(({ canRollbackTo }) => canRollbackTo);
  return <Line first={first}>{standby && `${standby.number} stays ready for a roll back.`}</Line>;
}

function former({ number, canRollbackTo, source }: Deployment): string {
  if (canRollbackTo) return `${number} stays ready for a roll back.`;
  const commit = source.__typename === 'GitSource' ? shortCommit(source.commit) : null;
  return `${number} was live before, and its image was removed${commit ? `: rebuild it from ${commit}` : ''}.`;
}

function canceled({ number, startedAt, createdAt, cancelRequestedAt }: Deployment): string {
  if (!cancelRequestedAt) return `${number} was canceled.`;
  const ran = Date.parse(cancelRequestedAt) - Date.parse(startedAt ?? createdAt);
  return startedAt
    ? `${number} was canceled ${span(ran)} after it started.`
    : `${number} was canceled while it waited.`;
}

function Superseded({ deployment: { number, supersededBy: later }, project, serves }: Props & { serves: string }) {
  return (
    <Line
      first={
        <>
          {later ? (
            <Link to={`${addressOfShown(project)}/deployments/${later.number}`} className="text-accent hover:underline">
              Deployment {later.number}
            </Link>
          ) : (
            'A newer deployment'
          )}{' '}
          overtook {number}.
        </>
      }
    >
      {serves}
    </Line>
  );
}

const Line = ({ first, children }: { readonly first: ReactNode; readonly children?: ReactNode }) => (
  <p className="font-medium">
    {first} <span className="font-normal text-muted">{children}</span>
  </p>
);

type DurationProps = { readonly deployment: Deployment; readonly history: readonly DeploymentRow[] };

/** How long it takes so far, and how long it will by experience. */
export function Duration({ deployment, history }: DurationProps) {
  const now = useNow();
  const start = Date.parse(deployment.createdAt);
  const usual = stepsOf(deployment, history).reduce((sum, step) => sum + step.usual, 0);
  const isKnown = history.some(({ status }) => status === 'READY');
  const { estimatedReadyAt, queuePosition } = deployment;
  const left = estimatedReadyAt ? Date.parse(estimatedReadyAt) - now : usual - (now - start);
  const place = queuePosition === null ? '' : `, ${placeInWords(queuePosition)}`;
  return (
    <p className="num text-sm text-muted">
      {deployment.finishedAt
        ? `Took ${took(Date.parse(deployment.finishedAt) - start)}`
        : `${span(now - start)} so far${place}${(estimatedReadyAt || isKnown) && left > 1_000 ? `, about ${span(left)} left` : ''}`}
    </p>
  );
}

const placeInWords = (position: number) => (position === 1 ? 'next in the queue' : `number ${position} in the queue`);
