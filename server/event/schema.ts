import { loadActor } from '../actor/load.js';
import { platformActor } from '../actor/platform.js';
import { ActorRef } from '../actor/schema.js';
import { builder } from '../builder.js';
import { mayLook, ownMembership } from '../organization/own-membership.js';
import { OrganizationNode } from '../organization/schema.js';
import { ProjectNode } from '../project/schema.js';
import type { StreamEnd, StreamGap } from '../stream/follow.js';
import { StreamEndRef, StreamGapRef } from '../stream/schema.js';
import { followEvents } from './follow.js';
import { eventPage } from './page.js';
import { subjectOf } from './subject.js';

const kept = 'Never changes; kept for as long as the operator has it, else 90 days.';

const EventInterface = builder.prismaInterface('Event', {
  description: `Something that happened. ${kept}`,
  fields: (t) => ({
    cursor: t.field({
      type: 'StreamCursor',
      description:
        'Its place among the events of its project or organization: go on behind it with `after`, by page and live.',
      resolve: ({ sequence }) => sequence,
    }),
    type: t.exposeString('type', {
      description: 'Such as deployment.ready, environment.crashed, billing.changed. New ones may appear.',
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
      description:
        'What it is about, as that is now: a Project, Environment or Deployment, of an organization the Organization or a User. Null when it is gone, or stands for itself.',
      resolve: (event, _args, context, info) => subjectOf(context, info, event),
    }),
    data: t.expose('data', { type: 'JSONObject', description: 'What else there is to say of it, without secrets.' }),
  }),
});

const ProjectEventNode = builder.prismaNode('Event', {
  variant: 'ProjectEvent',
  description: `Something that happened in a project. ${kept}`,
  interfaces: [EventInterface],
  id: { field: 'id' },
});

const OrganizationEventNode = builder.prismaNode('Event', {
  variant: 'OrganizationEvent',
  description: `Something that happened to an organization as a whole. ${kept}`,
  interfaces: [EventInterface],
  id: { field: 'id' },
});

const ProjectEventConnection = builder.connectionObject(
  { type: ProjectEventNode, name: 'ProjectEventConnection', description: 'A page of ProjectEvent.' },
  { name: 'ProjectEventEdge', description: 'A ProjectEvent on a page.' },
);

const OrganizationEventConnection = builder.connectionObject(
  { type: OrganizationEventNode, name: 'OrganizationEventConnection', description: 'A page of OrganizationEvent.' },
  { name: 'OrganizationEventEdge', description: 'An OrganizationEvent on a page.' },
);

const types = 'Only these, such as deployment.ready, or deployment.* for all of a deployment; at most 50.';
const typesOfOrganization = 'Only these, such as billing.changed, or billing.* for all of the bill; at most 50.';

builder.prismaObjectField(ProjectNode, 'events', (t) =>
  t.connection(
    {
      type: ProjectEventNode,
      args: { types: t.arg.stringList({ description: types }) },
      description: 'What happened in it, the oldest first; with `last` the newest. 50 when no size is given.',
      resolve: ({ id }, args, context) => eventPage(context, { kind: 'PROJECT', id }, args),
    },
    ProjectEventConnection,
  ),
);

builder.prismaObjectField(OrganizationNode, 'events', (t) =>
  t.connection(
    {
      type: OrganizationEventNode,
      nullable: true,
      args: { types: t.arg.stringList({ description: typesOfOrganization }) },
      description:
        'What happened to it as a whole, the oldest first; with `last` the newest. 50 when no size is given. Null when your role may not see it: OWNER and BILLING may. What happens in a project is in Project.events.',
      select: ownMembership,
      resolve: (organization, args, context) =>
        mayLook(organization, 'billing:read', context)
          ? eventPage(context, { kind: 'ORGANIZATION', id: organization.id }, args)
          : null,
    },
    OrganizationEventConnection,
  ),
);

const names = { gap: 'StreamGap', end: 'StreamEnd' } as const;

const typeOfSaid = (said: object, event: string) =>
  'kind' in said ? names[(said as StreamGap | StreamEnd).kind] : event;

const ProjectStreamEventRef = builder.unionType('ProjectStreamEvent', {
  description: 'What projectEvents says.',
  types: [ProjectEventNode, StreamGapRef, StreamEndRef],
  resolveType: (said) => typeOfSaid(said, 'ProjectEvent'),
});

const OrganizationStreamEventRef = builder.unionType('OrganizationStreamEvent', {
  description: 'What organizationEvents says.',
  types: [OrganizationEventNode, StreamGapRef, StreamEndRef],
  resolveType: (said) => typeOfSaid(said, 'OrganizationEvent'),
});

builder.subscriptionField('projectEvents', (t) =>
  t.field({
    type: ProjectStreamEventRef,
    nullable: true,
    description:
      'Every event of the project behind `after` (all that are kept when absent), once and in order, then live. Its last message is a StreamEnd. A single null when there is no such project.',
    args: {
      projectId: t.arg.id({ required: true }),
      after: t.arg({ type: 'StreamCursor' }),
      types: t.arg.stringList({ description: types }),
    },
    subscribe: (_root, { projectId: id, ...args }, context) => followEvents(context, 'PROJECT', { id, ...args }),
    resolve: (said) => (said?.kind === 'event' ? said.event : said),
  }),
);

builder.subscriptionField('organizationEvents', (t) =>
  t.field({
    type: OrganizationStreamEventRef,
    nullable: true,
    description:
      'Every event of the organization as a whole behind `after` (all that are kept when absent), once and in order, then live. Its last message is a StreamEnd. A single null when there is no such organization, or your role may not see its events: OWNER and BILLING may.',
    args: {
      organizationId: t.arg.id({ required: true }),
      after: t.arg({ type: 'StreamCursor' }),
      types: t.arg.stringList({ description: typesOfOrganization }),
    },
    subscribe: (_root, { organizationId: id, ...args }, context) =>
      followEvents(context, 'ORGANIZATION', { id, ...args }),
    resolve: (said) => (said?.kind === 'event' ? said.event : said),
  }),
);
