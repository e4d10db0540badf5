import { OrganizationEventsDocument, ProjectEventsDocument } from '@apployd/sdk/documents';
import type { StreamEndFragment, StreamGapFragment } from '@apployd/sdk';
import { useEffect, useState } from 'react';
import { fetchJson } from '../api/fetch-json.js';
import { followStream } from '../apollo/follow-stream.js';
import { socket } from '../apollo/socket.js';

/** Events in their order, the oldest first, and whether there are older ones. */
export type EventPage<Event> = {
  readonly nodes: readonly Event[];
  readonly pageInfo: { readonly hasPreviousPage: boolean };
};

export type Activity<Event> = {
  /** The newest first. */
  readonly events: readonly Event[];
  readonly older: 'there' | 'loading' | 'none';
  readonly loadOlder: () => void;
};

/** Whose events they are. */
export type Followed = { readonly of: 'project' | 'organization'; readonly id: string };

type Said<Event> =
  | (Event & { readonly __typename: 'ProjectEvent' | 'OrganizationEvent' })
  | (StreamGapFragment & { readonly __typename: 'StreamGap' })
  | (StreamEndFragment & { readonly __typename: 'StreamEnd' });

/**
 * What happened in a project, or to an organization, and what happens now. Older events come from `olderAt` when they are
 * wanted: it answers what was before the cursor `before` with a page of them.
 */
export function useActivity<Event extends { readonly cursor: string }>(
  { of, id }: Followed,
  first: EventPage<Event>,
  olderAt: string,
): Activity<Event> {
  const [events, setEvents] = useState(() => first.nodes);
  const [older, setOlder] = useState<Activity<Event>['older']>(first.pageInfo.hasPreviousPage ? 'there' : 'none');
  useEffect(() => {
    const after = first.nodes.at(-1)?.cursor ?? null;
    return followStream<Said<Event>>(socket().client, askedOf({ of, id }), after, (said) => {
      if (isGapOrEnd(said)) return;
      setEvents((known) => [...known, said]);
    });
    // What follows is behind the first page, however often the loader runs again.
  }, [of, id]);
  const loadOlder = async () => {
    if (older !== 'there') return;
    setOlder('loading');
    const page = await fetchJson<EventPage<Event>>(before(olderAt, events[0]?.cursor ?? ''));
    if (!page) return setOlder('there');
    setEvents((known) => [...page.nodes, ...known]);
    setOlder(page.pageInfo.hasPreviousPage ? 'there' : 'none');
  };
  return { events: [...events].reverse(), older, loadOlder: () => void loadOlder() };
}

const askedOf = ({ of, id }: Followed) =>
  of === 'project'
    ? { document: ProjectEventsDocument, variables: { projectId: id } }
    : { document: OrganizationEventsDocument, variables: { organizationId: id } };

function isGapOrEnd(said: { readonly __typename: string }): said is { readonly __typename: 'StreamGap' | 'StreamEnd' } {
  return said.__typename === 'StreamGap' || said.__typename === 'StreamEnd';
}

function before(olderAt: string, cursor: string): string {
  const [path = '', search] = olderAt.split('?');
  const query = new URLSearchParams(search);
  query.set('before', cursor);
  return `${path}?${query}`;
}
