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
import { useProject } from '../../project/use-project.js';
import { SettingsFrame } from '../../settings/frame.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { useOrganization } from '../../shell/organization-context.js';
import { change } from '../project-settings/change.server.js';
import { Resources } from '../project-settings/resources.js';
import { Volumes } from '../project-settings/volumes.js';
import { EdgeSections, edgeEntries } from './edge/edge-sections.js';
import { GradualRelease } from './rollout/gradual-release.js';
import { DeleteEnvironment } from './delete.js';

export const handle: PageHandle & { tab: Tab } = { tab: 'Settings', crumbs: crumbsTo('Settings') };

export const meta: MetaFunction = ({ params }) => [
  { title: `Settings · ${params.environment} · ${params.project} · Apployd` },
];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => {
    const { loaded, project } = await loadProject(api, call);
    const { environments } = api.apployd;
    const { id } = project.environment;
    const [edge, rollout] = await Promise.all([environments.edge(id), environments.rollout(id)]);
    return { loaded, edge, rollout };
  });

export const action = async (call: ActionFunctionArgs) => {
  const form = await call.request.clone().formData();
  return isAct(form.get('intent')) ? act(call) : change(call);
};

const entries = [
  { label: 'Resources', to: '#resources' },
  { label: 'Volumes', to: '#volumes' },
  { label: 'Gradual release', to: '#rollout' },
  ...edgeEntries,
];
const entryOfDelete = { label: 'Delete', to: '#delete' };

/** What an environment runs, and the end of it. How the project is built and started is set for all of them. */
export default function EnvironmentSettings() {
  const { loaded, edge, rollout } = useLoaderData<typeof loader>();
  const project = useProject(loaded);
  const answer = useActionData<typeof action>();
  const isDeletable = isAdmin(useOrganization().organization.viewerRole);
  const { deletesAt, version, volumes } = project.environment;
  const shown = { project, answer };
  return (
    <>
      {answer && 'problem' in answer && isAct(answer.intent) && <Refusal refused={answer} />}
      {deletesAt || project.state === 'DELETING' ? (
        <p className="mt-6 text-muted">Its settings are kept, and can be changed once it is restored.</p>
      ) : (
        <SettingsFrame
          groups={[{ title: 'Environment', entries: isDeletable ? [...entries, entryOfDelete] : entries }]}
        >
          <Resources key={`resources ${version}`} {...shown} />
          <Volumes key={`volumes ${JSON.stringify(volumes)}`} isDeletable={isDeletable} {...shown} />
          <GradualRelease
            key={`rollout ${rollout.rolloutVersion}`}
            shown={rollout}
            hasVolumes={volumes.length > 0}
            answer={answer}
          />
          <EdgeSections shown={edge} answer={answer} />
          {isDeletable && <DeleteEnvironment {...shown} />}
        </SettingsFrame>
      )}
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
