import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData, useNavigate } from '@remix-run/react';
import type { Deployment } from '@apployd/sdk';
import { DeploymentDocument } from '@apployd/sdk/documents';
import { useEffect, useState } from 'react';
import { signedIn } from '../../api/api.server.js';
import { useDeploymentsLive } from '../../apollo/use-deployments-live.js';
import { useLoaded } from '../../apollo/use-loaded.js';
import { isOver } from '../../deployment/state.js';
import { Timeline } from '../../deployment/timeline.js';
import { useKey } from '../../keys/use-key.js';
import type { Goto } from '../../log/log-view.js';
import { act } from '../../project/act.server.js';
import { Refusal } from '../../project/act.js';
import { addressOfShown } from '../../project/address.js';
import { crumbsTo } from '../../project/crumbs.js';
import { Tabs } from '../../project/tabs.js';
import type { Project } from '../../project/shown.js';
import { useProject } from '../../project/use-project.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { Panel } from '../../ui/panel.js';
import { BuildLog } from './build-log.js';
import { FailureBox } from './failure-box.js';
import { Head } from './head.js';
import { loadDeployment } from './load.server.js';
import { RolloutPanel } from './rollout-panel.js';
import { Duration, Sentence } from './sentence.js';

export const handle: PageHandle = {
  crumbs: (params) => crumbsTo(`Deployment ${params.number}`)(params).slice(1),
};

export const meta: MetaFunction = ({ params }) => [
  { title: `Deployment ${params.number} · ${params.project} · Apployd` },
];

export const loader = (call: LoaderFunctionArgs) => signedIn(call, (api) => loadDeployment(api, call));

export const action = (call: ActionFunctionArgs) => act(call);

/** One deployment while it happens, and afterwards what happened. */
export default function DeploymentPage() {
  const data = useLoaderData<typeof loader>();
  const project = useProject(data.loaded);
  const { deployment } = useLoaded(DeploymentDocument, data.deployment);
  if (!deployment) throw new Error('The loader has let nobody through without a deployment.');
  const [goto, setGoto] = useGoto(deployment);
  useNeighbours(project, deployment.number);
  useDeploymentsLive(project.environment.deployments.nodes.some(({ id }) => id === deployment.id) ? [] : [deployment]);
  const history = project.environment.deployments.nodes.filter(({ id }) => id !== deployment.id);

  return (
    <>
      <Head deployment={deployment} project={project} />
      <Tabs base={addressOfShown(project)} here="Deployments" />
      <Refusal refused={useActionData<typeof action>()} />
      <Panel className="mt-5 p-4 lg:p-5">
        <div className="mb-3.5 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
          <Sentence deployment={deployment} project={project} />
          <Duration deployment={deployment} history={history} />
        </div>
        <Timeline
          deployment={deployment}
          history={history}
          onStep={({ startedAt }) => startedAt && setGoto({ at: startedAt })}
        />
      </Panel>
      {deployment.rollout && <RolloutPanel deployment={deployment} rollout={deployment.rollout} />}
      {deployment.failure && (
        <FailureBox deployment={deployment} environmentId={project.environment.id} log={data.log} />
      )}
      <Panel className="mt-4 flex h-[calc(100dvh-236px)] min-h-[400px] flex-col overflow-hidden lg:h-[calc(100dvh-366px)]">
        <BuildLog
          key={deployment.id}
          deployment={deployment}
          first={data.log}
          isOver={isOver(deployment.status)}
          goto={goto}
        />
      </Panel>
    </>
  );
}

/** What failed is opened at its first error, not at its end. */
function useGoto({ id, status }: Deployment) {
  const [goto, setGoto] = useState<Goto | null>(null);
  useEffect(() => setGoto(status === 'FAILED' ? { firstError: true } : null), [id]);
  return [goto, setGoto] as const;
}

/** The deployments before and behind this one, by key. */
function useNeighbours(project: Project, number: number): void {
  const navigate = useNavigate();
  const goTo = (other: number) => () => navigate(`${addressOfShown(project)}/deployments/${other}`);
  const newest = project.environment.deployments.nodes[0]?.number ?? number;
  useKey('[', number > 1 ? goTo(number - 1) : null);
  useKey(']', number < newest ? goTo(number + 1) : null);
}

export const ErrorBoundary = FailureInPlace;
