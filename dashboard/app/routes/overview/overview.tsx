import { Link, type MetaFunction } from '@remix-run/react';
import { ArrowRight, Plus } from 'lucide-react';
import { basinsOf, useOrganization } from '../../shell/organization-context.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { stateOf } from '../../deployment/state.js';
import { PoolStrip } from '../../pool/pool-strip.js';
import { formatOf, heldOf, resourceKinds, resourceNames } from '../../pool/resources.js';
import { addressOf } from '../../project/address.js';
import { DidNotGoLive } from '../../project/did-not-go-live.js';
import { ButtonLink } from '../../ui/button.js';
import { Panel } from '../../ui/panel.js';
import { ProjectList } from './project-list.js';

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
          <p className="mt-0.5 text-muted">{summaryOf(projects.nodes.map(stateOf))}</p>
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

/** `6 serving, 1 asleep, 1 under way`. */
function summaryOf(states: readonly string[]): string {
  const count = (...names: readonly string[]) => states.filter((state) => names.includes(state)).length;
  const parts = [
    [count('READY'), 'serving'],
    [count('ASLEEP'), 'asleep'],
    [count('QUEUED', 'BUILDING', 'DEPLOYING'), 'under way'],
    [count('FAILED'), 'failed'],
    [count('CRASHED'), 'crashed'],
    [count('STOPPED'), 'stopped'],
  ] as const;
  return (
    parts
      .filter(([n]) => n > 0)
      .map(([n, word]) => `${n} ${word}`)
      .join(', ') || 'Nothing runs yet'
  );
}

/** What failed last, each with its cause and one thing to do. */
function Attention() {
  const { organization } = useOrganization();
  const failed = organization.projects.nodes.flatMap(({ slug, state, recentDeployments, productionEnvironment }) => {
    const [latest] = recentDeployments;
    return latest?.status === 'FAILED' && state !== 'DELETING'
      ? [{ slug, latest, live: isProduction(latest) ? productionEnvironment.liveDeployment : null }]
      : [];
  });
  if (failed.length === 0) return null;
  return (
    <Panel className="mt-5 divide-y divide-line">
      <h2 className="sr-only">Needs your attention</h2>
      {failed.map(({ slug, latest, live }) => (
        <DidNotGoLive
          key={latest.id}
          failed={{ number: latest.number, failure: latest.failure }}
          live={live}
          base={addressOf(organization.slug, slug, latest.environment.slug)}
          project={isProduction(latest) ? slug : `${slug}, ${latest.environment.slug}`}
        />
      ))}
    </Panel>
  );
}

const isProduction = ({ environment }: { readonly environment: { readonly kind: string } }) =>
  environment.kind === 'PRODUCTION';

function PoolSummary() {
  const { organization } = useOrganization();
  const { slug, pool } = organization;
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
            {name === 'bandwidthBytesPerMonth' && (
              <dd className="num mt-0.5 text-xs text-subtle">{heldOf(name, organization.usage.bytesOut)}</dd>
            )}
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
