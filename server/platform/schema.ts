import { ForbiddenError, IdempotencyError, InvalidStateError, NotFoundError } from '@apployd/core/refusal';
import { publicId } from '@apployd/core/id';
import { ViewerRef } from '../account/schema.js';
import { operatorAuditPage } from '../audit/page.js';
import { AuditEventConnection, AuditEventNode, AuditFilterRef } from '../audit/schema.js';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { DeploymentStatus } from '../deployment/schema.js';
import type { OrganizationHealth } from './health.js';
import { organizationHealthPage } from './organizations.js';
import { ServerRef } from './server-schema.js';
import { serversOf } from './servers.js';
import { setOperator } from './set-operator.js';

const OrganizationHealthRef = builder.objectRef<OrganizationHealth>('OrganizationHealth').implement({
  description:
    'What the operator sees of an organization: how it is, and nothing that is its own. No variables, no logs, no tokens, no sources.',
  fields: (t) => ({
    organizationId: t.id({ resolve: ({ id }) => publicId('Organization', id) }),
    slug: t.exposeString('slug'),
    name: t.exposeString('name'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    planCode: t.exposeString('planCode'),
    memberCount: t.exposeInt('members'),
    projectCount: t.exposeInt('projects', { description: 'Without those that are being deleted.' }),
    environmentCount: t.exposeInt('environments'),
    runningCount: t.exposeInt('running', { description: 'Environments that run now.' }),
    asleepCount: t.exposeInt('asleep', { description: 'Environments that sleep until somebody visits them.' }),
    crashedCount: t.exposeInt('crashed', {
      description: 'Environments that are down: their app ends again and again.',
    }),
    failingCount: t.exposeInt('failing', { description: 'Environments whose newest deployment has failed.' }),
    lastDeploymentAt: t.expose('lastDeploymentAt', { type: 'DateTime', nullable: true }),
    lastDeploymentStatus: t.expose('lastDeploymentStatus', { type: DeploymentStatus, nullable: true }),
  }),
});

const OrganizationHealthConnection = builder.connectionObject(
  {
    type: OrganizationHealthRef,
    name: 'OrganizationHealthConnection',
    description: 'A page of OrganizationHealth.',
  },
  { name: 'OrganizationHealthEdge', description: 'An OrganizationHealth on a page.' },
);

const PlatformRef = builder.objectRef<object>('Platform').implement({
  description: 'The installation as a whole, for those who run it.',
  fields: (t) => ({
    organizations: t.connection(
      {
        type: OrganizationHealthRef,
        args: { search: t.arg.string({ description: 'A part of the name or slug.' }) },
        description: 'Oldest first.',
        resolve: (_platform, args, context) => organizationHealthPage(context, args),
      },
      OrganizationHealthConnection,
    ),
    servers: t.field({
      type: [ServerRef],
      description: 'The machines on which apps run, by name: whether they are there, and how full they are.',
      resolve: (_platform, _args, { db }) => serversOf(db),
    }),
    auditLog: t.connection(
      {
        type: AuditEventNode,
        args: { filter: t.arg({ type: AuditFilterRef }) },
        description:
          'What operators have done: plans that were changed or given, operators that were made or unmade. Newest first.',
        resolve: (_platform, args, context) => operatorAuditPage(context, args),
      },
      AuditEventConnection,
    ),
    operators: t.prismaField({
      type: ['User'],
      description: 'Those who run the platform, longest account first.',
      resolve: (query, _platform, _args, { db }) =>
        db.user.findMany({ ...query, where: { isOperator: true }, orderBy: { id: 'asc' } }),
    }),
  }),
});

builder.queryField('platform', (t) =>
  t.field({
    type: PlatformRef,
    nullable: true,
    description: 'Null unless you are an operator who has signed in; to a token of one it is null too.',
    resolve: async (_root, _args, context) => ((await signedIn(context).isOperator()) ? {} : null),
  }),
);

builder.objectFields(ViewerRef, (t) => ({
  isOperator: t.boolean({
    description: 'Runs the platform: sees `platform`. False for tokens.',
    resolve: (_viewer, _args, context) => signedIn(context).isOperator(),
  }),
}));

const UserRef = builder.inputType('UserRef', {
  isOneOf: true,
  description: 'Names a person in exactly one way.',
  fields: (t) => ({ id: t.id(), email: t.string() }),
});

const OperatorSetInput = builder.inputType('OperatorSetInput', {
  description: 'Input of operatorSet.',
  fields: (t) => ({
    user: t.field({ type: UserRef, required: true }),
    isOperator: t.boolean({ required: true }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const OperatorSetPayload = builder.objectRef<Awaited<ReturnType<typeof setOperator>>>('OperatorSetPayload').implement({
  description: 'Success of operatorSet.',
  fields: (t) => ({
    user: t.prismaField({
      type: 'User',
      resolve: (query, { userId }, _args, { db }) => db.user.findUniqueOrThrow({ ...query, where: { id: userId } }),
    }),
    platform: t.field({ type: PlatformRef, nullable: true, resolve: () => ({}) }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
  }),
});

builder.mutationField('operatorSet', (t) =>
  t.field({
    type: OperatorSetPayload,
    nullable: true,
    description:
      'Makes somebody an operator of the platform, or ends it. For operators who have signed in; one always remains. Where mails are sent, their address has to be verified.',
    args: { input: t.arg({ type: OperatorSetInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => setOperator(context, input),
  }),
);
