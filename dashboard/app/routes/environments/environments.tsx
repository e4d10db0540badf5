import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { Link, type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { stateOfEnvironment } from '../../deployment/state.js';
import { isAdmin } from '../../people/roles.js';
import { act } from '../../project/act.server.js';
import { Refusal } from '../../project/act.js';
import { addressOf } from '../../project/address.js';
import { crumbsTo } from '../../project/crumbs.js';
import { loadProject } from '../../project/load.server.js';
import { RestoreEnvironment } from '../../project/restore-environment.js';
import type { Project } from '../../project/shown.js';
import { useProject } from '../../project/use-project.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { useOrganization } from '../../shell/organization-context.js';
import { Panel } from '../../ui/panel.js';
import { Status } from '../../ui/status.js';
import { createEnvironment } from './create.server.js';
import { NewEnvironment } from './new-environment.js';

export const handle: PageHandle = { crumbs: crumbsTo('Environments') };

export const meta: MetaFunction = ({ params }) => [{ title: `Environments · ${params.project} · Apployd` }];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => ({ loaded: (await loadProject(api, call)).loaded }));

export const action = async (call: ActionFunctionArgs) => {
  const form = await call.request.clone().formData();
  return form.get('intent') === 'create' ? createEnvironment(call, form) : act(call);
};

/** The running copies of a project, and one more. */
export default function Environments() {
  const project = useProject(useLoaderData<typeof loader>().loaded);
  const answer = useActionData<typeof action>();
  return (
    <>
      {answer?.intent !== 'create' && <Refusal refused={answer} />}
      <Panel className="mt-5 overflow-hidden">
        <h2 className="sr-only">Environments</h2>
        <ul className="divide-y divide-line">
          {project.environments.nodes.map((environment) => (
            <Row key={environment.id} project={project} environment={environment} />
          ))}
        </ul>
      </Panel>
      {project.state !== 'DELETING' && <NewEnvironment project={project} answer={answer} />}
    </>
  );
}

type Environment = Project['environments']['nodes'][number];

function Row({ project, environment }: { readonly project: Project; readonly environment: Environment }) {
  const { slug, hostname, liveDeployment, deletesAt } = environment;
  const isRestorable = isAdmin(useOrganization().organization.viewerRole) && project.state !== 'DELETING';
  const serves = liveDeployment ? `Deployment ${liveDeployment.number} serves` : 'Nothing serves yet';
  return (
    <li className="relative flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3 hover:bg-hover lg:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <Link
          to={addressOf(project.organization.slug, project.slug, slug)}
          prefetch="intent"
          className="font-medium after:absolute after:inset-0"
        >
          {slug}
        </Link>
        <p className="truncate text-sm text-subtle">{hostname}</p>
      </div>
      {!deletesAt && <span className="text-sm text-muted">{serves}</span>}
      <Status state={deletesAt ? 'DELETING' : stateOfEnvironment(environment, undefined)} />
      {deletesAt && isRestorable && (
        <span className="relative z-10">
          <RestoreEnvironment environmentId={environment.id} />
        </span>
      )}
    </li>
  );
}

export const ErrorBoundary = FailureInPlace;
