import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { formatOf, resourceNames } from '../../pool/resources.js';
import { lineOf } from '../../project/command-line.js';
import type { Project } from '../../project/shown.js';
import { catOf, useOrganization } from '../../shell/organization-context.js';
import { Panel } from '../../ui/panel.js';
import { Status } from '../../ui/status.js';
import { wakesFrom, type WakeTimes, wakeTimesOf } from './wake-times.js';

type Props = { readonly project: Project; readonly base: string; readonly wakes: readonly WakeTimes[] };

/** The environment: where it comes from, how it is started, what it may use. */
export function Facts({ project, base, wakes }: Props) {
  const { settings, repository, environment, allocation } = project;
  const { organization } = useOrganization();
  const variables = environment.variables.length;
  return (
    <Panel className="mt-4">
      <h2 className="px-4 pt-4 font-semibold first-letter:uppercase lg:px-5">{environment.slug}</h2>
      <dl className="grid gap-x-8 gap-y-4 p-4 sm:grid-cols-2 lg:grid-cols-3 lg:p-5 lg:pt-4">
        <Fact name="Repository">{repository?.url ?? 'Deployed from uploads'}</Fact>
        <Fact name="Branch and folder">
          {repository?.defaultBranch ?? 'default branch'}, {settings.rootDirectory ?? 'the root'}
        </Fact>
        <Fact name="Health check">
          <HealthCheck settings={settings} />
        </Fact>
        <Fact name="Instances">
          <Status state={stateWord(environment.observedState)} />
          {environment.restarts > 0 && `, ${restartsOf(environment.restarts)}`}
        </Fact>
        {environment.inUse && (
          <Fact name="In use">
            <span className="num">
              {usedOf('memoryBytes', environment)}, {usedOf('cpuMillicores', environment)}
            </span>
          </Fact>
        )}
        {wakes.length > 0 && (
          <Fact name="Waking">
            <Waking from="light sleep" times={wakesFrom(wakes, 'LIGHT_SLEEP')} />
            <Waking from="deep sleep" times={wakesFrom(wakes, 'DEEP_SLEEP')} />
          </Fact>
        )}
        <Fact name="Slice of the pool">
          {allocation ? (
            <Link to={`/${organization.slug}/pool`} className="inline-flex items-center gap-2 hover:underline">
              <span
                className="h-3.5 w-1 rounded-full"
                style={{ background: `var(--cat-${catOf(organization, project.id)})` }}
                aria-hidden
              />
              <span className="num">
                {resourceNames.map((name) => formatOf(name, allocation.limits[name])).join(', ')}
              </span>
            </Link>
          ) : (
            'None: it cannot be deployed'
          )}
        </Fact>
        <Fact name="Variables">
          <Link to={`${base}/variables`} className="text-accent hover:underline">
            {variables === 0 ? 'None yet' : `${variables} set`}
          </Link>
        </Fact>
      </dl>
    </Panel>
  );
}

/** All instances together, beside what all of them may use. */
function usedOf(name: 'memoryBytes' | 'cpuMillicores', { inUse, limits, runningInstances }: Project['environment']) {
  return `${formatOf(name, inUse?.[name] ?? 0)} of ${formatOf(name, limits[name] * Math.max(1, runningInstances))}`;
}

function HealthCheck({ settings }: { readonly settings: Project['settings'] }) {
  const { healthCheckKind: kind, healthCheckPath, healthCheckCommand, port } = settings;
  if (kind === 'TCP') return <>Port {port} accepts connections</>;
  const asked = kind === 'HTTP' ? healthCheckPath : lineOf(healthCheckCommand ?? []);
  return (
    <>
      <span className="font-mono text-xs">{asked}</span> {kind === 'HTTP' ? `on port ${port}` : 'in the instance'}
    </>
  );
}

const Waking = ({ from, times }: { readonly from: string; readonly times: WakeTimes | undefined }) =>
  times ? (
    <span className="block truncate">
      From {from}: <span className="num">{wakeTimesOf(times)}</span>
    </span>
  ) : null;

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-xs text-subtle">{name}</dt>
    <dd className="mt-0.5 truncate text-sm">{children}</dd>
  </div>
);

const restartsOf = (count: number) => `${count} ${count === 1 ? 'restart' : 'restarts'}`;

const stateWord = (observed: string) => (observed.endsWith('SLEEP') ? 'ASLEEP' : observed);
