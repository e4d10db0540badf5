import { type Calls, found, permitted } from './calls.js';
import {
  OrganizationEventPageDocument,
  OrganizationEventsDocument,
  ProjectEventPageDocument,
  ProjectEventsDocument,
} from './generated/operations.js';
import type { OrganizationStreamEventFragment, ProjectStreamEventFragment } from './generated/types.js';
import type { RequestOptions } from './http/requests.js';
import { type List, type Page, pages } from './pages.js';
import {
  type EventFollower,
  follow,
  type FollowOptions,
  type OrganizationEventFollower,
  type Stream,
} from './stream/follow.js';
import type { OrganizationEvent, ProjectEvent } from './types.js';

/** Events of which project; with `types` only those, such as `deployment.ready`, or `deployment.*` for all of a deployment. */
export type EventsOf = { readonly projectId: string; readonly types?: readonly string[] };

/** Events of which organization as a whole; with `types` only those, such as `billing.changed`, or `billing.*` for all of the bill. */
export type OrganizationEventsOf = { readonly organizationId: string; readonly types?: readonly string[] };

type Behind<Of> = Of & { readonly after?: string | null };

/** A part of them: the first ones behind `after`, or the last ones before `before`; 100 at most. */
export type EventPageOptions = RequestOptions & {
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
};

/** What happens in a project, or to an organization as a whole: one ordered log each, from which nothing is left out. */
export interface Events {
  /**
   * Every event from the oldest that is kept, or from behind `after`, then as they come: each once, in order, however often
   * the connection breaks. Goes on until you leave the loop, `close` or abort, or the project is erased or your access ends. What was too old to
   * be kept is a gap: see `onGap`. The loop throws NotFoundError, AuthenticationError, StreamGapError (`onGap: 'throw'`).
   */
  follow(of: Behind<EventsOf>, options?: FollowOptions): EventFollower;
  /** The same of an organization as a whole, for its OWNER and BILLING; what happens in its projects is theirs. */
  follow(of: Behind<OrganizationEventsOf>, options?: FollowOptions): OrganizationEventFollower;
  /** One page, the oldest first; its cursors serve `follow`, too. Throws NotFoundError. */
  page(of: EventsOf, options?: EventPageOptions): Promise<Page<ProjectEvent>>;
  /** The same of an organization as a whole. Throws NotFoundError, ForbiddenError (it takes OWNER or BILLING). */
  page(of: OrganizationEventsOf, options?: EventPageOptions): Promise<Page<OrganizationEvent>>;
}

export function events(calls: Calls): Events {
  function followEvents(of: Behind<EventsOf>, options?: FollowOptions): EventFollower;
  function followEvents(of: Behind<OrganizationEventsOf>, options?: FollowOptions): OrganizationEventFollower;
  function followEvents(
    { after, ...of }: Behind<EventsOf> | Behind<OrganizationEventsOf>,
    options?: FollowOptions,
  ): EventFollower | OrganizationEventFollower {
    const how = { after, ...options };
    return 'projectId' in of
      ? follow(projectStream(calls, of), null, calls.delays, how)
      : follow(organizationStream(calls, of), null, calls.delays, how);
  }
  function page(of: EventsOf, options?: EventPageOptions): Promise<Page<ProjectEvent>>;
  function page(of: OrganizationEventsOf, options?: EventPageOptions): Promise<Page<OrganizationEvent>>;
  function page(of: EventsOf | OrganizationEventsOf, options?: EventPageOptions) {
    return 'projectId' in of ? projectPage(calls, of, options) : organizationPage(calls, of, options);
  }
  return { follow: followEvents, page };
}

/** All of them, the oldest first. */
export function eventList(calls: Pick<Calls, 'request'>, of: EventsOf, options?: RequestOptions): List<ProjectEvent> {
  return pages((after, first) => projectPage(calls, of, { ...options, after, first }));
}

/** All of an organization as a whole, the oldest first. */
export function organizationEventList(
  calls: Pick<Calls, 'request'>,
  of: OrganizationEventsOf,
  options?: RequestOptions,
): List<OrganizationEvent> {
  return pages((after, first) => organizationPage(calls, of, { ...options, after, first }));
}

async function projectPage(
  { request }: Pick<Calls, 'request'>,
  { projectId, types }: EventsOf,
  { signal, deadlineMs, ...place }: EventPageOptions = {},
): Promise<Page<ProjectEvent>> {
  const { project } = await request(ProjectEventPageDocument, { projectId, types, ...place }, { signal, deadlineMs });
  return found(project, 'project', projectId).events;
}

async function organizationPage(
  { request }: Pick<Calls, 'request'>,
  { organizationId: id, types }: OrganizationEventsOf,
  { signal, deadlineMs, ...place }: EventPageOptions = {},
): Promise<Page<OrganizationEvent>> {
  const variables = { by: { id }, types, ...place };
  const { organization } = await request(OrganizationEventPageDocument, variables, { signal, deadlineMs });
  return permitted(found(organization, 'organization', id).events, 'BILLING');
}

type ProjectMessage = Extract<ProjectStreamEventFragment, { readonly __typename: 'ProjectEvent' }>;
type OrganizationMessage = Extract<OrganizationStreamEventFragment, { readonly __typename: 'OrganizationEvent' }>;

const projectStream = ({ streams }: Calls, of: EventsOf) =>
  streamOf<ProjectMessage>('project', async function* (after, signal) {
    const asked = streams.subscribe(ProjectEventsDocument, { ...of, after }, signal);
    for await (const data of asked) yield data.projectEvents;
  });

const organizationStream = ({ streams }: Calls, of: OrganizationEventsOf) =>
  streamOf<OrganizationMessage>('organization', async function* (after, signal) {
    const asked = streams.subscribe(OrganizationEventsDocument, { ...of, after }, signal);
    for await (const data of asked) yield data.organizationEvents;
  });

type Message = { readonly __typename: string; readonly cursor: string };

const streamOf = <Event extends Message>(name: string, open: Stream<Event, Event>['open']): Stream<Event, Event> => ({
  name,
  items: 'events',
  open,
  *itemsIn(event, place) {
    place.cursor = event.cursor;
    yield event;
  },
});
