import { Link } from '@remix-run/react';
import { RollBack } from '../project/roll-back.js';
import type { DeploymentRow } from '../project/shown.js';
import { cx } from '../ui/cx.js';
import { Panel } from '../ui/panel.js';
import { Status } from '../ui/status.js';
import { took } from '../ui/span.js';
import { Time } from '../ui/time.js';
import { shortCommit, titleOf } from './state.js';

type Props = { readonly deployments: readonly DeploymentRow[]; readonly base: string; readonly environmentId: string };

const columns = 'lg:grid lg:grid-cols-[52px_124px_minmax(0,1fr)_130px_120px] lg:items-center lg:gap-5';

/** Newest first; what was live before can be brought back from here. */
export const DeploymentList = ({ deployments, base, environmentId }: Props) => (
  <Panel className="overflow-hidden">
    <ul className="divide-y divide-line">
      {deployments.map((deployment) => (
        <li
          key={deployment.id}
          className={cx(columns, 'relative px-4 py-3 hover:bg-hover lg:min-h-[60px] lg:px-5 lg:py-2')}
        >
          <span className="num flex items-center justify-between gap-3 text-muted">
            {deployment.number}
            <Status state={deployment.status} className="lg:hidden" />
          </span>
          <Status state={deployment.status} className="max-lg:hidden" />
          <div className="mt-1 min-w-0 lg:mt-0">
            <div className="truncate">
              <Link
                to={`${base}/deployments/${deployment.number}`}
                prefetch="intent"
                className="font-medium after:absolute after:inset-0"
              >
                {titleOf(deployment)}
              </Link>
              {deployment.serving === 'LIVE' && (
                <span className="ml-2 rounded-full bg-ok-soft px-2 py-0.5 text-xs font-medium text-ok">Serves now</span>
              )}
            </div>
            <div className="truncate text-sm text-subtle">
              <Origin deployment={deployment} />
            </div>
          </div>
          <span className="text-sm text-muted max-lg:mr-2">
            <Time at={deployment.createdAt} />
            {deployment.finishedAt && deployment.startedAt && (
              <span className="num text-subtle">
                , {took(Date.parse(deployment.finishedAt) - Date.parse(deployment.startedAt))}
              </span>
            )}
          </span>
          <div className="relative z-10 lg:justify-self-end">
            {deployment.canRollbackTo && (
              <RollBack to={deployment} small environmentId={environmentId} className="max-lg:mt-2 max-lg:w-fit">
                Roll back<span className="sr-only"> to {deployment.number}</span>
              </RollBack>
            )}
          </div>
        </li>
      ))}
    </ul>
  </Panel>
);

function Origin({ deployment: { source, createdBy, rollbackOf } }: { readonly deployment: DeploymentRow }) {
  const who = createdBy ? ` by ${createdBy.name}` : '';
  if (rollbackOf) return <>Rolled back{who}</>;
  if (source.__typename !== 'GitSource') return <>Uploaded{who}</>;
  return (
    <>
      <span className="font-mono text-xs">
        {source.ref ?? 'default branch'} {shortCommit(source.commit)}
      </span>
      {who}
    </>
  );
}
