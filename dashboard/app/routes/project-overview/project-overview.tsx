import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { Link, type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import {
  EnvironmentLastExitDocument,
  EnvironmentLogPageDocument,
  EnvironmentWakesDocument,
  ProjectUsageDocument,
} from '@apployd/sdk/documents';
import { type Api, signedIn } from '../../api/api.server.js';
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
import { Facts } from './facts.js';
import { LastLines } from './last-lines.js';
import { Sent } from './sent.js';
import { Serving } from './serving.js';

export const handle: PageHandle & { tab: Tab } = {
  tab: 'Overview',
  crumbs: crumbsTo(),
};

export const meta: MetaFunction = ({ params }) => [{ title: `${params.project} · ${params.org} · Apployd` }];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => {
    const { loaded, project } = await loadProject(api, call);
    const environmentId = project.environment.id;
    const [log, wakes, usage, lastLines] = await Promise.all([
      api.ask(EnvironmentLogPageDocument, { environmentId, last: linesShown }),
      api.ask(EnvironmentWakesDocument, { id: environmentId }),
      api.ask(ProjectUsageDocument, { by: { id: project.id }, step: 'DAY', last: daysShown }),
      lastLinesOf(api, project),
    ]);
    return {
      loaded,
      lines: log.data.environment?.logs.nodes ?? [],
      wakes: wakes.data.environment?.wakes ?? [],
      usage: usage.data.project?.usage ?? null,
      lastLines,
    };
  });

/** What the instance printed last that ended: nothing is asked for where none did. */
async function lastLinesOf({ ask }: Api, { environment: { id, lastExit } }: Shown): Promise<readonly string[]> {
  if (!lastExit) return [];
  const { data } = await ask(EnvironmentLastExitDocument, { id });
  return data.environment?.lastExit?.lastLines ?? [];
}

type Shown = Awaited<ReturnType<typeof loadProject>>['project'];

export const action = (call: ActionFunctionArgs) => act(call);

const mostShown = 6;
const linesShown = 8;
const daysShown = 30;

export default function ProjectOverview() {
  const { loaded, lines, wakes, usage, lastLines } = useLoaderData<typeof loader>();
  const project = useProject(loaded);
  const base = addressOfShown(project);
  const all = project.environment.deployments.nodes;
  return (
    <>
      <Refusal refused={useActionData<typeof action>()} />
      <Serving project={project} base={base} lines={lastLines} wakes={wakes} />
      <LastLines lines={lines} base={base} />
      {usage && <Sent usage={usage} />}
      <Facts project={project} base={base} wakes={wakes} />
      {all.length > 0 && (
        <>
          <div className="mt-8 mb-3 flex items-baseline justify-between">
            <h2 className="font-semibold">Latest deployments</h2>
            {all.length > mostShown && (
              <Link to={`${base}/deployments`} className="text-sm font-medium text-accent hover:underline">
                All deployments
              </Link>
            )}
          </div>
          <DeploymentList deployments={all.slice(0, mostShown)} base={base} environmentId={project.environment.id} />
        </>
      )}
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
