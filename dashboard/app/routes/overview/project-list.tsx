import { Link } from '@remix-run/react';
import { shortCommit, stateOf, titleOf } from '../../deployment/state.js';
import { usedOfSlice, waterOf } from '../../pool/water.js';
import { catOf, type ProjectRow, useOrganization } from '../../shell/organization-context.js';
import { cx } from '../../ui/cx.js';
import { Panel } from '../../ui/panel.js';
import { Status } from '../../ui/status.js';
import { Time } from '../../ui/time.js';
import { rankOf } from './rank.js';

const columns = 'lg:grid lg:grid-cols-[minmax(0,1.05fr)_124px_minmax(0,1.6fr)_148px] lg:items-center lg:gap-5';

/** All projects: what moves or broke comes first, what sleeps comes last. */
export function ProjectList() {
  const { organization } = useOrganization();
  const rows = [...organization.projects.nodes].sort((one, other) => rankOf(one) - rankOf(other));
  return (
    <Panel className="mt-6 overflow-hidden">
      <h2 className="sr-only">All projects</h2>
      <div className={cx(columns, 'hidden h-9 border-b border-line px-5 text-xs text-subtle')} aria-hidden>
        <span>Project</span>
        <span>State</span>
        <span>Latest deployment</span>
        <span>Memory</span>
      </div>
      <ul className="divide-y divide-line">
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </ul>
    </Panel>
  );
}

function Row({ row }: { readonly row: ProjectRow }) {
  const { organization } = useOrganization();
  const [latest] = row.recentDeployments;
  const state = stateOf(row);
  return (
    <li className={cx(columns, 'relative px-4 py-3.5 hover:bg-hover lg:h-[60px] lg:px-5 lg:py-0')}>
      <div className="flex min-w-0 items-center justify-between gap-3">
        <div className="min-w-0">
          <Link
            to={`/${organization.slug}/${row.slug}`}
            prefetch="intent"
            className="font-semibold after:absolute after:inset-0"
          >
            {row.slug}
          </Link>
          <div className="truncate text-sm text-subtle">{row.productionEnvironment.hostname}</div>
        </div>
        <Status state={state} className="lg:hidden" />
      </div>
      <Status state={state} className="max-lg:hidden" />
      <div className="mt-2 min-w-0 lg:mt-0">
        {latest ? <Latest latest={latest} /> : <span className="text-sm text-subtle">Nothing deployed yet</span>}
      </div>
      <Slice row={row} />
    </li>
  );
}

function Latest({ latest }: { readonly latest: ProjectRow['recentDeployments'][number] }) {
  const { source, createdBy, createdAt, environment } = latest;
  const place =
    source.__typename === 'GitSource' ? (source.ref ?? shortCommit(source.commit) ?? 'default branch') : 'upload';
  return (
    <>
      <div className="truncate">{titleOf(latest)}</div>
      <div className="truncate text-sm text-subtle">
        {environment.kind !== 'PRODUCTION' && `${environment.slug}: `}
        <span className="font-mono text-xs">{place}</span>
        {createdBy && `, ${createdBy.name}`}, <Time at={createdAt} />
      </div>
    </>
  );
}

/** How much of its slice this project uses. */
function Slice({ row }: { readonly row: ProjectRow }) {
  const { organization } = useOrganization();
  const { limits } = organization.pool.allocations.find(({ project }) => project.id === row.id) ?? {};
  const { held, isAsleep } = waterOf('memoryBytes', row, 0);
  const share = limits ? Math.min(1, held / limits.memoryBytes) : 0;
  return (
    <div className="mt-2.5 flex items-center gap-3 lg:mt-0 lg:block">
      <div className={cx('track h-1.5 flex-1 overflow-hidden rounded-full bg-raised', isAsleep && 'hatch')}>
        <div
          className="level h-full rounded-full"
          style={{ width: `${share * 100}%`, background: `var(--cat-${catOf(organization, row.id)})` }}
        />
      </div>
      <div className="num shrink-0 text-xs text-muted lg:mt-1.5">
        {limits ? usedOfSlice(row, limits.memoryBytes) : 'No slice'}
      </div>
    </div>
  );
}
