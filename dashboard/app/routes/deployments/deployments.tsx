import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { DeploymentList } from '../../deployment/deployment-list.js';
import { act } from '../../project/act.server.js';
import { Refusal } from '../../project/act.js';
import { addressOfShown } from '../../project/address.js';
import { crumbsTo } from '../../project/crumbs.js';
import { loadProject } from '../../project/load.server.js';
import type { Tab } from '../../project/tabs.js';
import { useProject } from '../../project/use-project.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { ButtonLink } from '../../ui/button.js';

export const handle: PageHandle & { tab: Tab } = {
  tab: 'Deployments',
  crumbs: crumbsTo('Deployments'),
};

export const meta: MetaFunction = ({ params }) => [{ title: `Deployments · ${params.project} · Apployd` }];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => {
    const after = new URL(call.request.url).searchParams.get('after') ?? undefined;
    return { loaded: (await loadProject(api, call, after)).loaded };
  });

export const action = (call: ActionFunctionArgs) => act(call);

export default function Deployments() {
  const project = useProject(useLoaderData<typeof loader>().loaded);
  const { nodes, pageInfo } = project.environment.deployments;
  const isLater = useSearchParams()[0].has('after');
  return (
    <>
      <Refusal refused={useActionData<typeof action>()} />
      <h2 className="sr-only">Deployments</h2>
      <div className="mt-5">
        {nodes.length > 0 ? (
          <DeploymentList deployments={nodes} base={addressOfShown(project)} environmentId={project.environment.id} />
        ) : (
          <p className="py-10 text-center text-muted">
            Every deployment will be listed here, also those that did not go live.
          </p>
        )}
      </div>
      <div className="mt-4 flex justify-center gap-2">
        {isLater && <ButtonLink to=".">Newest deployments</ButtonLink>}
        {pageInfo.hasNextPage && (
          <ButtonLink to={`?after=${encodeURIComponent(pageInfo.endCursor ?? '')}`}>Older deployments</ButtonLink>
        )}
      </div>
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
