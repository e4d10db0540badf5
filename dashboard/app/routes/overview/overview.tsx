import { Link, type MetaFunction } from '@remix-run/react';
import { ArrowRight, Plus } from 'lucide-react';
import { basinsOf, useOrganization } from '../../shell/organization-context.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { PoolStrip } from '../../pool/pool-strip.js';
import { formatOf, heldOf, resourceKinds, resourceNames } from '../../pool/resources.js';
import { usedByAll } from '../../pool/water.js';
import { ButtonLink } from '../../ui/button.js';
import { Panel } from '../../ui/panel.js';
import { Attention } from './attention.js';
import { ProjectList } from './project-list.js';
import { summaryOf } from './summary.js';

export const handle: PageHandle = { section: 'projects', crumbs: () => [{ label: 'Projects' }] };

export const meta: MetaFunction = ({ params }) => [{ title: `Projects · ${params.org} · Apployd` }];

export default function Overview() {
  const { organization } = useOrganization();
  const { slug, projects } = organization;
  return (
    <>
      <div className="flex items-center justify-between gap-4">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">Projects</h1>
          <p className="mt-0.5 text-muted">{summaryOf(projects.nodes)}</p>
        </div>
        <ButtonLink to={`/${slug}/new`} kind="primary" icon={Plus}>
          New project
        </ButtonLink>
      </div>
      <Attention />
      <PoolSummary />
      {projects.nodes.length > 0 ? <ProjectList /> : <Nothing slug={slug} />}
      {projects.pageInfo.hasNextPage && (
        <p className="mt-3 text-sm text-muted">
          These are the first {projects.nodes.length} projects. Open another by its address.
        </p>
      )}
    </>
  );
}

function PoolSummary() {
  const { organization } = useOrganization();
  const { slug, pool, projects, usage } = organization;
  return (
    <Panel className="mt-6 p-4 lg:p-5">
      <div className="flex items-baseline justify-between gap-4">
        <h2 className="font-semibold">Pool</h2>
        <Link
          to={`/${slug}/pool`}
          prefetch="intent"
          className="inline-flex items-center gap-1 text-sm font-medium text-accent hover:underline"
        >
          Divide the pool <ArrowRight size={14} aria-hidden />
        </Link>
      </div>
      <div className="mt-3">
        <PoolStrip
          name="Memory of the pool"
          height={44}
          total={pool.total.memoryBytes}
          format={(amount) => formatOf('memoryBytes', amount)}
          basins={basinsOf(organization, 'memoryBytes')}
        />
      </div>
      <dl className="mt-4 grid grid-cols-3 gap-4">
        {resourceNames.map((name) => (
          <div key={name} className="min-w-0">
            <dt className="text-xs text-muted">{resourceKinds[name].label}</dt>
            <dd className="num mt-0.5 truncate font-semibold lg:text-lg">
              {formatOf(name, pool.allocated[name])}{' '}
              <span className="text-xs font-normal text-muted max-lg:block lg:text-sm">
                of {formatOf(name, pool.total[name])}
              </span>
            </dd>
            <dd className="num mt-0.5 text-xs text-subtle">{formatOf(name, pool.available[name])} free</dd>
            <dd className="num mt-0.5 text-xs text-subtle">
              {name === 'bandwidthBytesPerMonth' ? heldOf(name, usage.bytesOut) : usedByAll(projects.nodes, name)}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

const Nothing = ({ slug }: { readonly slug: string }) => (
  <Panel className="mt-6 px-4 py-10 text-center">
    <h2 className="text-lg font-semibold">Deploy your first repository</h2>
    <p className="mx-auto mt-1 max-w-[48ch] text-muted">
      Apployd builds it, starts it, waits for its health check and gives it an address.
    </p>
    <ButtonLink to={`/${slug}/new`} kind="primary" icon={Plus} className="mt-4">
      New project
    </ButtonLink>
    <p className="mt-4 text-sm text-muted">
      The same from a program: <code className="font-mono text-xs">apployd.projects.create(…)</code> of @apployd/sdk.
    </p>
  </Panel>
);

export const ErrorBoundary = FailureInPlace;
