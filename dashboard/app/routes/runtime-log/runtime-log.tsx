import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import { EnvironmentLogPageDocument } from '@apployd/sdk/documents';
import { signedIn } from '../../api/api.server.js';
import { LogView } from '../../log/log-view.js';
import { type LogEnd, useLog } from '../../log/use-log.js';
import { act } from '../../project/act.server.js';
import { Refusal } from '../../project/act.js';
import { loadProject } from '../../project/load.server.js';
import type { Tab } from '../../project/tabs.js';
import { useProject } from '../../project/use-project.js';
import type { PageHandle } from '../../shell/shell.js';
import { Panel } from '../../ui/panel.js';

export const handle: PageHandle & { tab: Tab } = {
  tab: 'Logs',
  crumbs: ({ org, project }) => [
    { label: 'Projects', to: `/${org}` },
    { label: project ?? '', to: `/${org}/${project}` },
    { label: 'Logs' },
  ],
};

export const meta: MetaFunction = ({ params }) => [{ title: `Logs · ${params.project} · Apployd` }];

const linesFirst = 200;

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => {
    const { loaded, project } = await loadProject(api, call);
    const environmentId = project.productionEnvironment.id;
    const { data } = await api.ask(EnvironmentLogPageDocument, { environmentId, last: linesFirst });
    return { loaded, log: data.environment?.logs ?? { nodes: [], pageInfo: { hasPreviousPage: false } } };
  });

export const action = (call: ActionFunctionArgs) => act(call);

export default function RuntimeLog() {
  const { loaded, log } = useLoaderData<typeof loader>();
  const project = useProject(loaded);
  return (
    <>
      <Refusal refused={useActionData<typeof action>()} />
      <h2 className="sr-only">What the app prints</h2>
      <Panel className="mt-5 flex h-[calc(100dvh-300px)] min-h-[400px] flex-col overflow-hidden lg:h-[calc(100dvh-236px)]">
        <RuntimeLines
          key={project.productionEnvironment.id}
          environmentId={project.productionEnvironment.id}
          log={log}
        />
      </Panel>
    </>
  );
}

function RuntimeLines({ environmentId, log }: { readonly environmentId: string; readonly log: LogEnd }) {
  const state = useLog({ environmentId }, log, false);
  const start = Date.parse(state.lines[0]?.at ?? '') || 0;
  return (
    <LogView
      log={state}
      start={start}
      name="Runtime log"
      summary="Following the runtime log"
      empty="What the app prints will be here."
    />
  );
}
