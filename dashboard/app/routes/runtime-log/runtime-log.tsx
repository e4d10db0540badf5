import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData, useSearchParams } from '@remix-run/react';
import { EnvironmentLogPageDocument, EnvironmentLogSearchDocument } from '@apployd/sdk/documents';
import { signedIn } from '../../api/api.server.js';
import type { KnownLine } from '../../log/log-store.js';
import { LogView } from '../../log/log-view.js';
import { SearchForm } from '../../log/search-form.js';
import { searchIn } from '../../log/search-of.js';
import { SearchResults } from '../../log/search-results.js';
import { noteOf } from '../../log/note-of.js';
import type { LogEnd } from '../../log/use-log.js';
import { useRuntimeLog } from '../../log/use-runtime-log.js';
import { act } from '../../project/act.server.js';
import { Refusal } from '../../project/act.js';
import { crumbsTo } from '../../project/crumbs.js';
import { loadProject } from '../../project/load.server.js';
import type { Tab } from '../../project/tabs.js';
import type { Project } from '../../project/shown.js';
import { useProject } from '../../project/use-project.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { Panel } from '../../ui/panel.js';

export const handle: PageHandle & { tab: Tab } = {
  tab: 'Logs',
  crumbs: crumbsTo('Logs'),
};

export const meta: MetaFunction = ({ params }) => [{ title: `Logs · ${params.project} · Apployd` }];

const linesFirst = 200;
const linesFound = 200;
const none: LogEnd = { nodes: [], pageInfo: { hasPreviousPage: false } };

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => {
    const { loaded, project } = await loadProject(api, call);
    const environmentId = project.environment.id;
    const search = searchIn(new URL(call.request.url).searchParams, Date.now());
    if (search) {
      const place = { before: search.before, last: linesFound };
      const found = await api.ask(EnvironmentLogSearchDocument, { environmentId, filter: search.filter, ...place });
      return { loaded, found: found.data.environment?.logSearch ?? null, log: none };
    }
    const { data } = await api.ask(EnvironmentLogPageDocument, { environmentId, last: linesFirst });
    return { loaded, found: null, log: data.environment?.logs ?? none };
  });

export const action = (call: ActionFunctionArgs) => act(call);

export default function RuntimeLog() {
  const { loaded, found, log } = useLoaderData<typeof loader>();
  const project = useProject(loaded);
  const [params] = useSearchParams();
  const chosen = new URLSearchParams([...params].filter(([name, value]) => searched.includes(name) && value !== ''));
  const onwards = new URLSearchParams([...chosen, ['before', found?.stoppedAt ?? '']]);
  return (
    <>
      <Refusal refused={useActionData<typeof action>()} />
      <h2 className="sr-only">What the app prints</h2>
      <SearchForm params={chosen} deployments={project.environment.deployments.nodes} />
      {found ? (
        <SearchResults found={found} onwards={`?${onwards}`} />
      ) : (
        <Panel className="mt-3 flex h-[calc(100dvh-340px)] min-h-[400px] flex-col overflow-hidden lg:h-[calc(100dvh-276px)]">
          <RuntimeLines key={project.environment.id} project={project} first={log} />
        </Panel>
      )}
    </>
  );
}

/** What of the address is the search's. */
const searched = ['search', 'level', 'range', 'deployment'];

function RuntimeLines({ project, first }: { readonly project: Project; readonly first: LogEnd }) {
  const earlierAt = `/${project.organization.slug}/${project.slug}/logs/earlier`;
  const { log, above, loadEarlier } = useRuntimeLog(project.environment.id, first, earlierAt);
  return (
    <LogView
      log={log}
      start={Date.parse(log.lines[0]?.at ?? '') || 0}
      exact
      name={`Log of ${project.slug}`}
      summary="Following what the app prints"
      empty="What the app prints will be here."
      note={noteOf(log, above)}
      markOf={(line, before) => markOf(project.environment.deployments.nodes, line, before)}
      onEarlier={above === 'coming' ? loadEarlier : undefined}
    />
  );
}

/** From which line on another deployment speaks. */
function markOf(
  known: Project['environment']['deployments']['nodes'],
  line: KnownLine,
  above: KnownLine | undefined,
): string | null {
  if (line.deploymentId === above?.deploymentId) return null;
  const deployment = known.find(({ id }) => id === line.deploymentId);
  return deployment ? `Deployment ${deployment.number}` : 'An earlier deployment';
}

export const ErrorBoundary = FailureInPlace;
