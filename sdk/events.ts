import { type Calls, found } from './calls.js';
import { ProjectEventPageDocument, ProjectEventsDocument } from './generated/operations.js';
import type { ProjectStreamEventFragment } from './generated/types.js';
import type { RequestOptions } from './http/requests.js';
import { type List, type Page, pages } from './pages.js';
import { type EventFollower, follow, type FollowOptions } from './stream/follow.js';
import type { ProjectEvent } from './types.js';

/** Events of which project; with `types` only those, such as `deployment.ready`, or `deployment.*` for all of a deployment. */
export type EventsOf = { readonly projectId: string; readonly types?: readonly string[] };

/** A part of them: the first ones behind `after`, or the last ones before `before`; 100 at most. */
export type EventPageOptions = RequestOptions & {
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
};

/** What happens in a project: one ordered log, from which nothing is left out. */
export interface Events {
  /**
   * Every event from the oldest that is kept, or from behind `after`, then as they come: each once, in order, however often
   * the connection breaks. Goes on until you leave the loop, `close` or abort, or the project is erased. What was too old to
   * be kept is a gap: see `onGap`. The loop throws NotFoundError, AuthenticationError, StreamGapError (`onGap: 'throw'`).
   */
  follow(of: EventsOf & { readonly after?: string | null }, options?: FollowOptions): EventFollower;
  /** One page, the oldest first; its cursors serve `follow`, too. Throws NotFoundError. */
  page(of: EventsOf, options?: EventPageOptions): Promise<Page<ProjectEvent>>;
}

export function events(calls: Calls): Events {
  return {
    follow: ({ after, ...of }, options = {}) => follow(streamOf(calls, of), null, calls.delays, { after, ...options }),
    page: (of, options) => eventPage(calls, of, options),
  };
}

/** All of them, the oldest first. */
export function eventList(calls: Pick<Calls, 'request'>, of: EventsOf, options?: RequestOptions): List<ProjectEvent> {
  return pages((after, first) => eventPage(calls, of, { ...options, after, first }));
}

async function eventPage(
  { request }: Pick<Calls, 'request'>,
  { projectId, types }: EventsOf,
  { signal, deadlineMs, ...place }: EventPageOptions = {},
): Promise<Page<ProjectEvent>> {
  const { project } = await request(ProjectEventPageDocument, { projectId, types, ...place }, { signal, deadlineMs });
  return found(project, 'project', projectId).events;
}

type EventMessage = Extract<ProjectStreamEventFragment, { readonly __typename: 'ProjectEvent' }>;

function streamOf({ streams }: Calls, { projectId, types }: EventsOf) {
  return {
    name: 'project',
    items: 'events',
    async *open(after: string | null, signal: AbortSignal) {
      const variables = { projectId, types, after };
      for await (const data of streams.subscribe(ProjectEventsDocument, variables, signal)) yield data.projectEvents;
    },
    *itemsIn(event: EventMessage, place: { cursor: string | null }): Generator<ProjectEvent> {
      place.cursor = event.cursor;
      yield event;
    },
  };
}
