import type { EnvironmentEdge, KeepAwake } from '@apployd/sdk';
import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { isAdmin } from '../../people/roles.js';
import { act } from '../../project/act.server.js';
import { Refusal } from '../../project/act.js';
import { crumbsTo } from '../../project/crumbs.js';
import { isAct } from '../../project/is-act.js';
import { loadProject } from '../../project/load.server.js';
import type { Tab } from '../../project/tabs.js';
import type { Project } from '../../project/shown.js';
import { useProject } from '../../project/use-project.js';
import type { Answer } from '../../settings/answer.js';
import { SettingsFrame } from '../../settings/frame.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { useOrganization } from '../../shell/organization-context.js';
import { Notice } from '../../ui/notice.js';
import { EdgeSections, edgeEntries } from '../environment-settings/edge/edge-sections.js';
import { Build } from './build.js';
import { change } from './change.server.js';
import { Delete } from './delete.js';
import { Deployments } from './deployments.js';
import { General } from './general.js';
import { Health } from './health.js';
import { Redirects } from './redirects.js';
import { Resources } from './resources.js';
import { Sleep } from './sleep.js';
import { Volumes } from './volumes.js';

export const handle: PageHandle & { tab: Tab } = {
  tab: 'Settings',
  crumbs: crumbsTo('Settings'),
};

export const meta: MetaFunction = ({ params }) => [{ title: `Settings · ${params.project} · Apployd` }];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => {
    const { loaded, project } = await loadProject(api, call);
    const { environments, projects } = api.apployd;
    const [edge, keepAwake] = await Promise.all([
      environments.edge(project.environment.id),
      projects.keepAwake({ id: project.id }),
    ]);
    return { loaded, edge, keepAwake };
  });

export const action = async (call: ActionFunctionArgs) => {
  const form = await call.request.clone().formData();
  return isAct(form.get('intent')) ? act(call) : change(call);
};

const entries = [
  { label: 'Name and source', to: '#general' },
  { label: 'Build and start', to: '#build' },
  { label: 'Health check', to: '#health' },
  { label: 'Deployments', to: '#deployments' },
  { label: 'Redirects', to: '#redirects' },
  { label: 'Resources', to: '#resources' },
  { label: 'Volumes', to: '#volumes' },
  { label: 'Auto-sleep', to: '#sleep' },
  ...edgeEntries,
];

const entryOfDelete = { label: 'Delete', to: '#delete' };

/** How a project is built, started, and how much of its slice each instance gets; and the end of it. */
export default function ProjectSettings() {
  const { loaded, edge, keepAwake } = useLoaderData<typeof loader>();
  const project = useProject(loaded);
  const answer = useActionData<typeof action>();
  return (
    <>
      {answer && isAct(answer.intent) && 'problem' in answer && <Refusal refused={answer} />}
      {answer?.intent === 'restore' && <Restored answer={answer} />}
      {project.state === 'DELETING' ? (
        <p className="mt-6 text-muted">Its settings are kept, and can be changed once it is restored.</p>
      ) : (
        <Forms project={project} edge={edge} keepAwake={keepAwake} answer={answer} />
      )}
    </>
  );
}

type FormsProps = {
  readonly project: Project;
  readonly edge: EnvironmentEdge;
  readonly keepAwake: KeepAwake | null;
  readonly answer: Answer | undefined;
};

/** A form is drawn anew when what it shows was changed; what was typed into the others stays. */
function Forms({ project, edge, keepAwake, answer }: FormsProps) {
  const shown = { project, answer };
  const { name, repository, settings, environment } = project;
  const { autoSleepMinutes, deepSleepMinutes, redirects, keepReleases, supersede, ...others } = settings;
  const { rootDirectory, dockerfilePath, buildCommand, startCommand, outputDirectory, ...ofImage } = others;
  const { releaseCommand, port, ...health } = ofImage;
  const built = { rootDirectory, dockerfilePath, buildCommand, startCommand, outputDirectory, releaseCommand, port };
  const isDeletable = isAdmin(useOrganization().organization.viewerRole);
  return (
    <SettingsFrame groups={[{ title: 'Project', entries: isDeletable ? [...entries, entryOfDelete] : entries }]}>
      <General key={`general ${JSON.stringify([name, repository])}`} {...shown} />
      <Build key={`build ${JSON.stringify(built)}`} {...shown} />
      <Health key={`health ${JSON.stringify(health)}`} {...shown} />
      <Deployments key={`deployments ${supersede} ${keepReleases}`} {...shown} />
      <Redirects key={`redirects ${JSON.stringify(redirects)}`} {...shown} />
      <Resources key={`resources ${environment.version}`} {...shown} />
      <Volumes key={`volumes ${JSON.stringify(environment.volumes)}`} isDeletable={isDeletable} {...shown} />
      <Sleep
        key={`sleep ${JSON.stringify([autoSleepMinutes, deepSleepMinutes, keepAwake])}`}
        keepAwake={keepAwake}
        {...shown}
      />
      <EdgeSections shown={edge} answer={answer} />
      {isDeletable && <Delete {...shown} />}
    </SettingsFrame>
  );
}

const Restored = ({ answer }: { readonly answer: Answer }) =>
  'problem' in answer ? (
    <Notice className="mt-4" title="It was not restored." details={answer.problem}>
      {answer.problem.message}
    </Notice>
  ) : (
    <Notice className="mt-4" tone="info" title="The project was restored.">
      {answer.saved}
    </Notice>
  );

export const ErrorBoundary = FailureInPlace;
