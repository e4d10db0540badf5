import { Link } from '@remix-run/react';
import { RotateCcw } from 'lucide-react';
import { isOver, shortCommit, titleOf } from '../../deployment/state.js';
import { Timeline } from '../../deployment/timeline.js';
import { Act } from '../../project/act.js';
import type { DeploymentRow, Project } from '../../project/use-project.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { ButtonLink } from '../../ui/button.js';
import { Status } from '../../ui/status.js';
import { Time } from '../../ui/time.js';

type Props = { readonly project: Project; readonly base: string };

/** Which version serves right now, always; and what is on its way, only while it is. */
export function Serving({ project, base }: Props) {
  const all = project.deployments.nodes;
  const live = project.productionEnvironment.liveDeployment;
  const serving = all.find(({ id }) => id === live?.id);
  const moving = all.filter(({ status }) => !isOver(status));
  const [latest] = all;
  const former = all.find(({ canRollbackTo }) => canRollbackTo);
  return (
    <Panel className="mt-5 divide-y divide-line">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-4 lg:px-5">
        {live ? (
          <div className="min-w-0">
            <p className="font-medium">
              <Link to={`${base}/deployments/${live.number}`} className="hover:underline">
                Deployment {live.number}
              </Link>{' '}
              <span className="font-normal text-muted">serves all traffic{serving && `: ${titleOf(serving)}`}</span>
            </p>
            {serving && <Source deployment={serving} />}
          </div>
        ) : (
          <p className="text-muted">
            Nothing serves yet. The first deployment that answers its health check goes live.
          </p>
        )}
        {former && live && (
          <Act
            intent="rollback"
            small
            icon={RotateCcw}
            environmentId={project.productionEnvironment.id}
            deploymentId={former.id}
          >
            Roll back to {former.number}
          </Act>
        )}
      </div>
      {moving.map((deployment) => (
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
      {latest?.status === 'FAILED' && (
        <Notice
          row
          title={`${latest.number} did not go live.`}
          action={
            <ButtonLink small to={`${base}/deployments/${latest.number}`}>
              Open log
            </ButtonLink>
          }
        >
          {latest.failure?.message} {live && `${live.number} still serves.`}
        </Notice>
      )}
    </Panel>
  );
}

function Source({ deployment: { source, finishedAt, createdAt, createdBy } }: { readonly deployment: DeploymentRow }) {
  return (
    <p className="mt-0.5 truncate text-sm text-subtle">
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
