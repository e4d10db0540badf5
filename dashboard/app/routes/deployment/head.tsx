import type { Deployment } from '@apployd/sdk';
import { ExternalLink, GitBranch, GitCommitHorizontal, Hammer, Rocket, Upload, X } from 'lucide-react';
import { isOver, shortCommit, titleOf } from '../../deployment/state.js';
import { Act } from '../../project/act.js';
import { addressOfShown } from '../../project/address.js';
import { EndsRollout } from '../../project/ends-rollout.js';
import { Promote } from '../../project/promote.js';
import { RollBack } from '../../project/roll-back.js';
import type { Project } from '../../project/shown.js';
import { ButtonLink } from '../../ui/button.js';
import { Status } from '../../ui/status.js';
import { Time } from '../../ui/time.js';

type Props = { readonly deployment: Deployment; readonly project: Project };

/** What it is, where it came from, and what can be done with it. */
export const Head = ({ deployment, project }: Props) => (
  <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
    <div className="min-w-0 max-lg:w-full lg:flex-1">
      <div className="flex items-center gap-3 max-lg:flex-col max-lg:items-start max-lg:gap-2">
        <h1 className="min-w-0 text-xl font-semibold tracking-tight [overflow-wrap:anywhere]">{titleOf(deployment)}</h1>
        <Status state={deployment.status} variant="pill" />
      </div>
      <Origin deployment={deployment} />
    </div>
    <div className="max-lg:w-full">
      <div className="flex gap-2 max-lg:flex-wrap max-lg:[&>*]:flex-1 lg:justify-end">
        {isOver(deployment.status) ? (
          <Actions deployment={deployment} project={project} />
        ) : (
          <Cancel deployment={deployment} />
        )}
      </div>
      {isOver(deployment.status) && <EndsRollout project={project} />}
    </div>
  </div>
);

const Cancel = ({ deployment: { id, cancelRequestedAt } }: { readonly deployment: Deployment }) => (
  <Act intent="cancel" icon={X} deploymentId={id} disabled={Boolean(cancelRequestedAt)}>
    {cancelRequestedAt ? 'Canceling' : 'Cancel'}
  </Act>
);

function Actions({ deployment, project }: Props) {
  const environmentId = project.environment.id;
  const { status, serving, canRollbackTo, url } = deployment;
  const isLive = serving === 'LIVE';
  const former = isLive ? project.environment.deployments.nodes.find((other) => other.canRollbackTo) : undefined;
  const to = canRollbackTo ? deployment : former;
  return (
    <>
      {to && <RollBack to={to} environmentId={environmentId} />}
      <Promote
        deployment={deployment}
        project={project}
        shownAt={`${addressOfShown(project)}/deployments/${deployment.number}`}
      />
      {!isLive && <Redeploy deployment={deployment} />}
      {project.repository && status !== 'FAILED' && (
        <Act
          intent="deploy"
          icon={Rocket}
          kind={isLive ? 'plain' : 'primary'}
          environmentId={environmentId}
          gitRef={refOf(deployment)}
        >
          Deploy
        </Act>
      )}
      {isLive && url && (
        <ButtonLink to={url} kind="primary" icon={ExternalLink}>
          Visit
        </ButtonLink>
      )}
    </>
  );
}

/** The same revision once more, wherever its branch is by now; where its image is gone that is the way back to it. */
function Redeploy({ deployment: { id, source } }: Pick<Props, 'deployment'>) {
  if (source.__typename === 'GitSource' && !source.commit) return null;
  return (
    <Act intent="redeploy" icon={Hammer} deploymentId={id}>
      Redeploy {source.__typename === 'GitSource' ? shortCommit(source.commit) : 'the upload'}
    </Act>
  );
}

const refOf = ({ source }: Deployment) => (source.__typename === 'GitSource' ? source.ref : null);

function Origin({ deployment: { source, createdAt, createdBy, trigger } }: { readonly deployment: Deployment }) {
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted">
      {source.__typename === 'GitSource' ? (
        <>
          <span className="inline-flex items-center gap-1.5">
            <GitBranch size={14} aria-hidden />
            <span className="font-mono text-xs">
              {source.ref ?? source.repository.defaultBranch ?? 'default branch'}
            </span>
          </span>
          {source.commit && (
            <span className="inline-flex items-center gap-1.5">
              <GitCommitHorizontal size={14} aria-hidden />
              <span className="font-mono text-xs">{shortCommit(source.commit)}</span>{' '}
              {source.author && `by ${source.author}`}
            </span>
          )}
        </>
      ) : (
        <span className="inline-flex items-center gap-1.5">
          <Upload size={14} aria-hidden /> An uploaded folder
        </span>
      )}
      <span>
        Started <Time at={createdAt} /> {createdBy ? `by ${createdBy.name}` : trigger === 'GIT_PUSH' ? 'by a push' : ''}
      </span>
    </div>
  );
}
