import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import { ProjectEventPageDocument } from '@apployd/sdk/documents';
import type { ProjectEvent } from '@apployd/sdk';
import { EventRow } from '../../activity/event-row.js';
import { OlderEvents } from '../../activity/older-events.js';
import { sentenceOf } from '../../activity/sentence.js';
import { type EventPage, useActivity } from '../../activity/use-activity.js';
import { signedIn } from '../../api/api.server.js';
import { act } from '../../project/act.server.js';
import { Refusal } from '../../project/act.js';
import { crumbsTo } from '../../project/crumbs.js';
import { loadProject } from '../../project/load.server.js';
import type { Project } from '../../project/shown.js';
import type { Tab } from '../../project/tabs.js';
import { useProject } from '../../project/use-project.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { Panel } from '../../ui/panel.js';

export const handle: PageHandle & { tab: Tab } = {
  tab: 'Activity',
  crumbs: crumbsTo('Activity'),
};

export const meta: MetaFunction = ({ params }) => [{ title: `Activity · ${params.project} · Apployd` }];

const eventsFirst = 50;

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async (api) => {
    const { loaded, project } = await loadProject(api, call);
    const { data } = await api.ask(ProjectEventPageDocument, { projectId: project.id, last: eventsFirst });
    return { loaded, page: data.project?.events ?? { nodes: [], pageInfo: { hasPreviousPage: false } } };
  });

export const action = (call: ActionFunctionArgs) => act(call);

/** Who did what in the project, and what became of it. */
export default function ActivityPage() {
  const { loaded, page } = useLoaderData<typeof loader>();
  const project = useProject(loaded);
  return (
    <>
      <Refusal refused={useActionData<typeof action>()} />
      <h2 className="sr-only">Activity</h2>
      <Happenings key={project.id} project={project} first={page} />
    </>
  );
}

function Happenings({ project, first }: { readonly project: Project; readonly first: EventPage<ProjectEvent> }) {
  const base = `/${project.organization.slug}/${project.slug}`;
  const olderAt = `${base}/activity/earlier?project=${project.id}`;
  const { events, ...older } = useActivity({ of: 'project', id: project.id }, first, olderAt);
  return (
    <>
      <Panel className="mt-5">
        {events.length === 0 && (
          <p className="px-4 py-6 text-muted lg:px-5">Nothing has happened here for as long as events are kept.</p>
        )}
        <ul aria-label="What happened, the newest first" className="divide-y divide-line">
          {events.map((event) => (
            <EventRow key={event.id} event={event} sentence={sentenceOf(event, base)} />
          ))}
        </ul>
      </Panel>
      <OlderEvents {...older} />
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
