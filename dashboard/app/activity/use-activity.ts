import { ProjectEventsDocument } from '@apployd/sdk/documents';
import type { ProjectEvent, ProjectStreamEventFragment } from '@apployd/sdk';
import { useEffect, useState } from 'react';
import { fetchJson } from '../api/fetch-json.js';
import { followStream } from '../apollo/follow-stream.js';
import { socket } from '../apollo/socket.js';

/** Events in their order, the oldest first, and whether there are older ones. */
export type EventPage = {
  readonly nodes: readonly ProjectEvent[];
  readonly pageInfo: { readonly hasPreviousPage: boolean };
};

export type Activity = {
  /** The newest first. */
  readonly events: readonly ProjectEvent[];
  readonly older: 'there' | 'loading' | 'none';
  readonly loadOlder: () => void;
};

/** What happened in a project and what happens now; older events come when they are wanted. */
export function useActivity(projectId: string, first: EventPage, olderAt: string): Activity {
  const [events, setEvents] = useState(() => first.nodes);
  const [older, setOlder] = useState<Activity['older']>(first.pageInfo.hasPreviousPage ? 'there' : 'none');
  useEffect(() => {
    const after = first.nodes.at(-1)?.cursor ?? null;
    const asked = { document: ProjectEventsDocument, variables: { projectId } };
    return followStream<ProjectStreamEventFragment>(socket().client, asked, after, (said) => {
      if (said.__typename === 'ProjectEvent') setEvents((known) => [...known, said]);
    });
    // What follows is behind the first page, however often the loader runs again.
  }, [projectId]);
  const loadOlder = async () => {
    if (older !== 'there') return;
    setOlder('loading');
    const query = new URLSearchParams({ project: projectId, before: events[0]?.cursor ?? '' });
    const page = await fetchJson<EventPage>(`${olderAt}?${query}`);
    if (!page) return setOlder('there');
    setEvents((known) => [...page.nodes, ...known]);
    setOlder(page.pageInfo.hasPreviousPage ? 'there' : 'none');
  };
  return { events: [...events].reverse(), older, loadOlder: () => void loadOlder() };
}
