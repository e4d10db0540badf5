import { loadActor } from '../actor/load.js';
import { platformActor } from '../actor/platform.js';
import { ActorRef } from '../actor/schema.js';
import { builder } from '../builder.js';
import { ProjectNode } from '../project/schema.js';
import type { StreamEnd, StreamGap } from '../stream/follow.js';
import { StreamEndRef, StreamGapRef } from '../stream/schema.js';
import { followEvents } from './follow.js';
import { eventPage } from './page.js';
import { subjectOf } from './subject.js';

const EventNode = builder.prismaNode('Event', {
  name: 'ProjectEvent',
  description:
    'Something that happened in a project. Never changes; kept for as long as the operator has it, else 90 days.',
  id: { field: 'id' },
  fields: (t) => ({
    cursor: t.field({
      type: 'StreamCursor',
      description:
        'Its place among the events of the project: go on behind it with `after`, here and in projectEvents.',
      resolve: ({ sequence }) => sequence,
    }),
    type: t.exposeString('type', {
      description: 'Such as deployment.ready, environment.crashed, variables.set. New ones may appear.',
    }),
    at: t.expose('createdAt', { type: 'DateTime', description: 'Never before that of the event in front of it.' }),
    actor: t.field({
      type: ActorRef,
      nullable: true,
      description: 'The token that acted, for those who may see it, else the person. Null when they are gone.',
      resolve: ({ actorId, actorTokenId }, _args, context, info) =>
        actorId === null ? platformActor() : loadActor(context, info, { userId: actorId, tokenId: actorTokenId }),
    }),
    subject: t.field({
      // What is behind it comes with its type's brand: see subject.ts.
      type: builder.nodeInterfaceRef(),
      nullable: true,
      description: 'The Project, Environment or Deployment that it is about, as that is now; null when it is gone.',
      resolve: (event, _args, context, info) => subjectOf(context, info, event),
    }),
    data: t.expose('data', { type: 'JSONObject', description: 'What else there is to say of it, without secrets.' }),
  }),
});

const EventConnection = builder.connectionObject(
  { type: EventNode, name: 'ProjectEventConnection', description: 'A page of ProjectEvent.' },
  { name: 'ProjectEventEdge', description: 'A ProjectEvent on a page.' },
);

const types = 'Only these, such as deployment.ready, or deployment.* for all of a deployment; at most 50.';

builder.prismaObjectField(ProjectNode, 'events', (t) =>
  t.connection(
    {
      type: EventNode,
      args: { types: t.arg.stringList({ description: types }) },
      description: 'What happened in it, the oldest first; with `last` the newest. 50 when no size is given.',
      resolve: ({ id }, args, context) => eventPage(context, id, args),
    },
    EventConnection,
  ),
);

const names = { gap: 'StreamGap', end: 'StreamEnd' } as const;

const StreamEventRef = builder.unionType('ProjectStreamEvent', {
  description: 'What projectEvents says.',
  types: [EventNode, StreamGapRef, StreamEndRef],
  resolveType: (said) => ('kind' in said ? names[(said as StreamGap | StreamEnd).kind] : 'ProjectEvent'),
});

builder.subscriptionField('projectEvents', (t) =>
  t.field({
    type: StreamEventRef,
    nullable: true,
    description:
      'Every event of the project behind `after` (all that are kept when absent), once and in order, then live. Its last message is a StreamEnd. A single null when there is no such project.',
    args: {
      projectId: t.arg.id({ required: true }),
      after: t.arg({ type: 'StreamCursor' }),
      types: t.arg.stringList({ description: types }),
    },
    subscribe: (_root, args, context) => followEvents(context, args),
    resolve: (said) => (said?.kind === 'event' ? said.event : said),
  }),
);
