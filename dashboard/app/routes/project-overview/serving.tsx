import { Link } from '@remix-run/react';
import { servesOf } from '../../deployment/power.js';
import { isOver, shortCommit, titleOf } from '../../deployment/state.js';
import { Timeline } from '../../deployment/timeline.js';
import { AutoDeployNotice } from '../../project/auto-deploy-notice.js';
import { DidNotGoLive } from '../../project/did-not-go-live.js';
import { NotAppliedNotice } from '../../project/not-applied-notice.js';
import { Promote } from '../../project/promote.js';
import { RollBackMenu } from '../../project/roll-back-menu.js';
import { RunEnvironment } from '../../project/run-environment.js';
import type { DeploymentRow, Project } from '../../project/shown.js';
import { Panel } from '../../ui/panel.js';
import { Status } from '../../ui/status.js';
import { Time } from '../../ui/time.js';
import { CrashNotice } from './crash-notice.js';
import { wakesFrom, type WakeTimes, wakeTimesOf } from './wake-times.js';

type Props = {
  readonly project: Project;
  readonly base: string;
  /** What the instance printed last that ended. */
  readonly lines: readonly string[];
  readonly wakes: readonly WakeTimes[];
};

/** Which version serves right now, always; and what is on its way, or not yet applied, only while it is. */
export function Serving({ project, base, lines, wakes }: Props) {
  const all = project.environment.deployments.nodes;
  const [latest] = all;
  return (
    <Panel className="mt-5 divide-y divide-line">
      <Now project={project} base={base} wakes={wakes} />
      <CrashNotice project={project} lines={lines} />
      {all
        .filter(({ status }) => !isOver(status))
        .map((deployment) => (
          <div key={deployment.id} className="px-4 py-4 lg:px-5">
            <p className="mb-3 flex items-center gap-3">
              <Link to={`${base}/deployments/${deployment.number}`} className="font-medium hover:underline">
                {deployment.number} is on its way
              </Link>
              <Status state={deployment.status} variant="pill" />
            </p>
            <Timeline deployment={deployment} history={all} />
          </div>
        ))}
      {latest?.status === 'FAILED' && <DidNotGoLive failed={latest} instead={project.environment} base={base} />}
      <AutoDeployNotice environment={project.environment} />
      <NotAppliedNotice row project={project} seeAt={`${base}/variables`} />
    </Panel>
  );
}

function Now({ project, base, wakes }: Omit<Props, 'lines'>) {
  const { id, liveDeployment: live, observedState, stateReason } = project.environment;
  const sleeps = sleepOf(observedState);
  const times = wakesFrom(wakes, observedState);
  const waking = times && `Waking takes ${wakeTimesOf(times)}.`;
  const all = project.environment.deployments.nodes;
  const serving = all.find((one) => one.id === live?.id);
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-4 lg:px-5">
      {live ? (
        <div className="min-w-0">
          <p className="font-medium">
            <Link to={`${base}/deployments/${live.number}`} className="hover:underline">
              Deployment {live.number}
            </Link>{' '}
            <span className="font-normal text-muted">
              {servesOf(project.environment)}
              {serving && `: ${titleOf(serving)}`}
            </span>
          </p>
          {serving && <Source deployment={serving} />}
          {sleeps && (
            <p className="mt-0.5 text-sm text-subtle">{[sleeps, stateReason, waking].filter(Boolean).join(' ')}</p>
          )}
        </div>
      ) : (
        <p className="text-muted">Nothing serves yet. The first deployment that answers its health check goes live.</p>
      )}
      {live && project.state !== 'DELETING' && !project.environment.deletesAt && (
        <div className="flex flex-wrap gap-2">
          {serving && project.environment.kind !== 'PRODUCTION' && (
            <Promote small deployment={serving} project={project} shownAt={`${base}/deployments/${live.number}`} />
          )}
          <RunEnvironment environment={project.environment} />
          <RollBackMenu
            candidates={all.filter(({ canRollbackTo }) => canRollbackTo)}
            environmentId={id}
            listedAt={`${base}/deployments`}
          />
        </div>
      )}
    </div>
  );
}

function sleepOf(observedState: string): string | null {
  if (observedState === 'LIGHT_SLEEP') return 'Light sleep: it keeps its memory.';
  return observedState === 'DEEP_SLEEP' ? 'Deep sleep: it has given its memory back.' : null;
}

function Source({ deployment: { source, finishedAt, createdAt, createdBy } }: { readonly deployment: DeploymentRow }) {
  return (
    <p className="mt-0.5 text-sm text-subtle">
      {source.__typename === 'GitSource' && (
        <span className="font-mono text-xs">
          {source.ref ?? 'default branch'} {shortCommit(source.commit)},{' '}
        </span>
      )}
      live since <Time at={finishedAt ?? createdAt} />
      {createdBy && `, by ${createdBy.name}`}
    </p>
  );
}
