import {
  readEdgeSettings,
  type AppProtocol,
  type BodyLimit,
  type EdgeSettings,
  type HostRedirect,
  type VisitorLimit,
} from '@apployd/core/edge-settings';
import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  ValidationError,
} from '@apployd/core/refusal';
import type { ResponseHeader } from '@apployd/core/response-header';
import { builder } from '../builder.js';
import { updateEdgeSettings } from './edge-settings.js';
import { EnvironmentNode } from './schema.js';

const HostRedirectRef = builder.enumType('HostRedirect', {
  description:
    'Whether visitors are sent to a name with www or to that without; only where both lead to the environment.',
  values: {
    NONE: {},
    TO_APEX: { description: 'www.example.com leads to example.com.' },
    TO_WWW: { description: 'example.com leads to www.example.com.' },
  } as const satisfies Record<HostRedirect, object>,
});

const BodyLimitRef = builder.enumType('BodyLimit', {
  description: 'How large the body of a request may be.',
  values: { UNLIMITED: {}, MIB_1: {}, MIB_10: {}, MIB_100: {}, GIB_1: {} } as const satisfies Record<BodyLimit, object>,
});

const VisitorLimitRef = builder.enumType('VisitorLimit', {
  description: 'How much visitors may ask. What is more is answered with 429.',
  values: {
    NONE: {},
    USUAL: { description: 'Of one address 2,000 requests in 10 seconds, and 500 open at a time.' },
    STRICT: { description: 'Of one address 600 in 10 seconds and 200 open; of all together 20,000.' },
  } as const satisfies Record<VisitorLimit, object>,
});

const AppProtocolRef = builder.enumType('AppProtocol', {
  description: 'What instances speak.',
  values: {
    HTTP1: { description: 'HTTP/1.1, and WebSockets.' },
    HTTP2: {
      description: 'HTTP/2 without TLS, as gRPC needs it: every request comes so. Visitors of gRPC come by TLS.',
    },
  } as const satisfies Record<AppProtocol, object>,
});

const ResponseHeaderRef = builder.objectRef<ResponseHeader>('ResponseHeader').implement({
  description: 'Said with every answer of the app, in the place of what it says under that name.',
  fields: (t) => ({ name: t.exposeString('name'), value: t.exposeString('value') }),
});

const EdgeSettingsRef = builder.objectRef<EdgeSettings>('EdgeSettings').implement({
  description: 'What edges do for an environment by themselves. Changes are in force at once.',
  fields: (t) => ({
    maintenance: t.exposeBoolean('maintenance', { description: 'Visitors get a page that says so, with status 503.' }),
    maintenanceMessage: t.exposeString('maintenanceMessage', {
      nullable: true,
      description: 'What that page says; null: a sentence of the platform.',
    }),
    users: t.stringList({
      description: 'Names of those who get in with a password; none: everybody does.',
      resolve: ({ passwords }) => passwords.map(({ name }) => name),
    }),
    responseHeaders: t.expose('responseHeaders', { type: [ResponseHeaderRef] }),
    hostRedirect: t.expose('hostRedirect', { type: HostRedirectRef }),
    bodyLimit: t.expose('bodyLimit', { type: BodyLimitRef }),
    protocol: t.expose('protocol', { type: AppProtocolRef }),
    visitorLimit: t.expose('visitorLimit', { type: VisitorLimitRef }),
    underAttack: t.exposeBoolean('underAttack', {
      description: 'Of one address 60 requests in 10 seconds and 12 open, of all together 5,000, as long as it is on.',
    }),
  }),
});

builder.prismaObjectFields(EnvironmentNode, (t) => ({
  edge: t.field({
    type: EdgeSettingsRef,
    description: 'What edges do for it by themselves.',
    select: { edge: true },
    resolve: ({ edge }) => readEdgeSettings(edge),
  }),
  edgeVersion: t.exposeInt('edgeVersion', {
    description: 'Goes up with every change of `edge`; give it as expectedVersion of environmentEdgeUpdate.',
  }),
}));

const ResponseHeaderInput = builder.inputType('ResponseHeaderInput', {
  description: 'A header that every answer of the app has.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Letters, digits and dashes; none that hold an answer together.' }),
    value: t.string({ required: true, description: '1 to 2,048 characters of ASCII.' }),
  }),
});

const VisitorUserInput = builder.inputType('VisitorUserInput', {
  description: 'Somebody who gets in with a password.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 64 characters of ASCII without spaces and colons.' }),
    password: t.string({ description: '8 to 128 characters. Absent: that which the name has already.' }),
  }),
});

const EdgeSettingsInput = builder.inputType('EdgeSettingsInput', {
  description: 'What is absent stays; null gives the default back.',
  fields: (t) => ({
    maintenance: t.boolean({ description: 'False when null.' }),
    maintenanceMessage: t.string({ description: 'At most 500 characters, shown as text.' }),
    users: t.field({
      type: [VisitorUserInput],
      description: 'At most 20, all of them: who is left out does not get in any more. Empty: everybody gets in.',
    }),
    responseHeaders: t.field({
      type: [ResponseHeaderInput],
      description: 'At most 30 with 8,192 characters together, all of them: what is left out is gone.',
    }),
    hostRedirect: t.field({ type: HostRedirectRef }),
    bodyLimit: t.field({ type: BodyLimitRef }),
    protocol: t.field({ type: AppProtocolRef, description: 'HTTP1 when null.' }),
    visitorLimit: t.field({ type: VisitorLimitRef, description: 'USUAL when null.' }),
    underAttack: t.boolean({ description: 'False when null.' }),
  }),
});

const EnvironmentEdgeUpdateInput = builder.inputType('EnvironmentEdgeUpdateInput', {
  description: 'Input of environmentEdgeUpdate.',
  fields: (t) => ({
    environmentId: t.id({ required: true }),
    edge: t.field({ type: EdgeSettingsInput, required: true }),
    expectedVersion: t.int({ description: 'Refuses with ConflictError when edgeVersion is another by now.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const EnvironmentEdgeUpdatePayload = builder
  .objectRef<Awaited<ReturnType<typeof updateEdgeSettings>>>('EnvironmentEdgeUpdatePayload')
  .implement({
    description: 'Success of environmentEdgeUpdate.',
    fields: (t) => ({
      environment: t.prismaField({
        type: EnvironmentNode,
        resolve: (query, { environmentId }, _args, { db }) =>
          db.environment.findUniqueOrThrow({ ...query, where: { id: environmentId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('environmentEdgeUpdate', (t) =>
  t.field({
    type: EnvironmentEdgeUpdatePayload,
    nullable: true,
    description: 'Changes what edges do for an environment by themselves, at once and without a deployment.',
    args: { input: t.arg({ type: EnvironmentEdgeUpdateInput, required: true }) },
    errors: {
      types: [ValidationError, NotFoundError, ForbiddenError, ConflictError, InvalidStateError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => updateEdgeSettings(context, input),
  }),
);
